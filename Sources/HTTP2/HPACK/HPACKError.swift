/// Why a header block cannot be decoded. The connection's compression state is lost with it (RFC 7541 section 4.1, RFC 9113
/// section 4.3): all of these end the connection.
package enum HPACKError: Error, Sendable, BitwiseCopyable {
    /// The block ends inside a field.
    case truncated
    /// An integer needs more than 28 bits, or more bytes than that.
    case integerTooLarge
    /// Index 0, or one behind the end of the dynamic table.
    case invalidIndex
    /// A Huffman-coded string contains EOS, or is padded with something else than the beginning of EOS, or too long.
    case invalidHuffmanCode
    /// A dynamic table size update above the setting, or behind the first field of a block.
    case invalidTableSize
    /// The block decodes to more than anybody can mean: an attempt to make decoding expensive.
    case excessive
}
