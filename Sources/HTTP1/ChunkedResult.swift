/// What one call of `ChunkedDecoder.decode` did. Offsets count from the start of the buffer of that call.
package struct ChunkedResult: Sendable, BitwiseCopyable, Equatable {
    package enum State: Sendable, BitwiseCopyable, Equatable {
        /// All of the buffer was looked at and the body goes on. Bytes from `consumed` on, which only a trailer
        /// section that is split over reads leaves behind, must stand at the start of the next buffer.
        case needMore
        /// The body and its trailer section are complete; bytes from `consumed` on belong to the next message.
        case complete
        /// The body is refused; close the connection. Data bytes of this call may be discarded.
        case invalid(HeadError)
    }

    /// Where the data bytes of this call begin.
    package var bodyOffset = 0
    /// How many data bytes there are, contiguous from `bodyOffset`.
    package var bodyLength = 0
    /// How many bytes of the buffer are used up, framing and trailers included.
    package var consumed = 0
    /// With `.complete`: how many lines of the field storage are trailer fields. Those that a recipient must not
    /// merge or forward (RFC 9110 section 6.5.1) have `isHopByHop` set.
    package var trailerCount = 0
    package var state: State = .needMore

    package init() {}
}
