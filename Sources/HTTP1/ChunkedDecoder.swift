import HTTPSemantics

/// Takes the chunked coding off a body (RFC 9112 section 7.1), in place and as the bytes arrive.
///
/// A value of a few words; one is made per chunked body.
package struct ChunkedDecoder: Sendable, BitwiseCopyable {
    private enum Phase: BitwiseCopyable {
        case line
        /// This many bytes of the chunk's data are still to come; never zero.
        case data(UInt64)
        case carriageReturn
        case lineFeed
        /// This many bytes of the trailer section were already looked at and are given again.
        case trailers(scanned: Int)
        case complete
        case failed(HeadError)
    }

    private var phase = Phase.line
    private var line = ChunkLine()

    package init() {}

    /// Whether the body and its trailer section have ended.
    package var isComplete: Bool {
        if case .complete = phase { true } else { false }
    }

    /// Decodes what stands in `buffer` and moves the data bytes of all chunks together behind those of the first.
    ///
    /// A single chunk is not moved. Bytes outside the reported range, as far as they are consumed, are undefined
    /// afterwards, except those of trailer fields.
    /// - Parameters:
    ///   - buffer: the bytes that follow those consumed by the previous call.
    ///   - trailers: where trailer fields are written; valid after `.complete`, offsets count from the buffer's start.
    ///   - limits: `headerSectionBytes` and `fieldCount` bound the trailer section.
    package mutating func decode(
        _ buffer: UnsafeMutableRawBufferPointer, trailers: borrowing FieldStorage, limits: HeadLimits
    ) -> ChunkedResult {
        var result = ChunkedResult()
        do throws(HeadError) {
            if case .failed(let error) = phase { throw error }
            guard let base = buffer.baseAddress else { return finish(&result) }
            while result.consumed < buffer.count {
                switch phase {
                case .data(let remaining):
                    let length = takeData(base, remaining: remaining, count: buffer.count, result: &result)
                    phase = remaining > UInt64(length) ? .data(remaining &- UInt64(length)) : .carriageReturn
                case .trailers(let scanned):
                    let isComplete = try readTrailers(
                        UnsafeRawBufferPointer(buffer), scanned: scanned, into: trailers, limits: limits,
                        result: &result)
                    phase = isComplete ? .complete : .trailers(scanned: buffer.count &- result.consumed)
                    return finish(&result)
                case .complete, .failed: return finish(&result)
                default:
                    try readFraming(base.load(fromByteOffset: result.consumed, as: UInt8.self))
                    result.consumed &+= 1
                }
            }
        } catch {
            phase = .failed(error)
            result.state = .invalid(error)
            return result
        }
        return finish(&result)
    }

    private func finish(_ result: inout ChunkedResult) -> ChunkedResult {
        result.state = isComplete ? .complete : .needMore
        return result
    }

    /// Appends the data bytes at `result.consumed` to those found before, and returns how many they are.
    private func takeData(
        _ base: UnsafeMutableRawPointer, remaining: UInt64, count: Int, result: inout ChunkedResult
    ) -> Int {
        let available = count &- result.consumed
        let length = remaining < UInt64(available) ? Int(remaining) : available
        if result.bodyLength == 0 {
            result.bodyOffset = result.consumed
        } else {
            let target = base + result.bodyOffset + result.bodyLength
            target.copyMemory(from: base + result.consumed, byteCount: length)
        }
        result.bodyLength &+= length
        result.consumed &+= length
        return length
    }

    /// Takes one byte of a chunk line or of the line end behind the data.
    @inline(__always)
    private mutating func readFraming(_ byte: UInt8) throws(HeadError) {
        switch phase {
        case .line:
            guard try line.read(byte) else { return }
            phase = line.size > 0 ? .data(line.size) : .trailers(scanned: 0)
            line.reset()
        case .carriageReturn:
            guard byte == Byte.carriageReturn else {
                throw byte == Byte.lineFeed ? .bareLineFeed : .invalidChunkEnd
            }
            phase = .lineFeed
        default:
            guard byte == Byte.lineFeed else { throw .bareCarriageReturn }
            phase = .line
        }
    }

    /// Reads the trailer section at `result.consumed`; false when it does not end in the buffer, and then nothing
    /// of it is consumed.
    private func readTrailers(
        _ buffer: UnsafeRawBufferPointer, scanned: Int, into fields: borrowing FieldStorage, limits: HeadLimits,
        result: inout ChunkedResult
    ) throws(HeadError) -> Bool {
        guard let base = buffer.baseAddress else { return false }
        let available = buffer.count &- result.consumed
        if scanned > 0, available < limits.headerSectionBytes,
            !ByteScan.canDecide(base + result.consumed, scanned: scanned, count: available)
        {
            return false
        }
        let limitEnd = result.consumed &+ limits.headerSectionBytes
        var reader = FieldReader(base: base, position: result.consumed, end: min(buffer.count, limitEnd))
        do throws(ParseStop) {
            result.trailerCount = try TrailerFields.read(&reader, into: fields, limits: limits)
        } catch {
            switch error {
            case .exhausted:
                guard reader.end < limitEnd else { throw .fieldsTooLarge }
                return false
            case .invalid(let reason): throw reason
            }
        }
        result.consumed = reader.position
        return true
    }
}
