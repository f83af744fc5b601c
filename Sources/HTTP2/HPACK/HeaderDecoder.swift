import Glibc

/// Decodes header blocks (RFC 7541) to lines `name: value CRLF` in a buffer of the caller's, one field at a time.
///
/// Nothing is allocated per field. What a peer can make it keep is its dynamic table of 4096 bytes, what it can make it
/// do is bounded by `maximumWork` per block.
package struct HeaderDecoder: ~Copyable {
    /// A field just decoded, as offsets into the buffer. Its line ends at `end`.
    package struct Field: BitwiseCopyable {
        package var name: Int
        package var nameLength: Int
        package var value: Int
        package var valueLength: Int
        /// Index in the static table of the entry that gave the name, 0 for names that came otherwise.
        package var staticIndex: Int
        package var end: Int { value + valueLength + 2 }
    }

    /// Most bytes that one block may decode to, whether they are kept or not.
    static var maximumWork: Int { 1 << 20 }

    /// Room that a buffer needs behind `limit`, so that any one field of a block fits.
    package static func slack(blockBytes: Int) -> Int {
        HuffmanCode.maximumDecodedCount(blockBytes) + 4096 + 64
    }

    private let huffman = HuffmanCode.shared
    private let statics = StaticTable.entries
    private var table: DynamicTable
    /// SETTINGS_HEADER_TABLE_SIZE of this side.
    private let tableLimit: Int
    private var reader = BlockReader(base: UnsafeRawPointer(StaticTable.entries), position: 0, end: 0)
    private var hasFields = false
    private var work = 0

    package init(tableSize: Int = 4096) {
        table = DynamicTable(maximumSize: tableSize)
        tableLimit = tableSize
    }

    /// Sum of the sizes of the dynamic table's entries (RFC 7541 section 4.1).
    package var tableSize: Int { table.size }

    /// Begins a block. Its bytes must stay where they are until `next` has returned nil.
    package mutating func begin(_ block: UnsafeRawBufferPointer) {
        hasFields = false
        work = 0
        guard let base = block.baseAddress else {
            reader = BlockReader(base: UnsafeRawPointer(statics), position: 0, end: 0)
            return
        }
        reader = BlockReader(base: base, position: 0, end: block.count)
    }

    /// Decodes the next field to `buffer` at `position`; nil at the end of the block.
    ///
    /// - Parameter buffer: `slack` bytes must fit behind `position`.
    package mutating func next(
        into buffer: UnsafeMutableRawPointer, at position: Int
    ) throws(HPACKError) -> Field? {
        while reader.position < reader.end {
            let first = try reader.byte()
            if first & 0x80 != 0 {
                hasFields = true
                return try indexed(try reader.integer(first, mask: 0x7F), buffer, position)
            }
            if first & 0xE0 != 0x20 {
                hasFields = true
                return try literal(first, buffer, position)
            }
            let size = try reader.integer(first, mask: 0x1F)
            guard !hasFields, size <= tableLimit else { throw .invalidTableSize }
            table.setMaximumSize(size)
        }
        return nil
    }

    @inline(__always)
    private mutating func indexed(
        _ index: Int, _ buffer: UnsafeMutableRawPointer, _ position: Int
    ) throws(HPACKError) -> Field {
        var field = Field(name: position, nameLength: 0, value: 0, valueLength: 0, staticIndex: 0)
        if index <= StaticTable.count {
            guard index > 0 else { throw .invalidIndex }
            let entry = statics[index]
            field.staticIndex = index
            put(entry.name.utf8Start, entry.name.utf8CodeUnitCount, buffer + position)
            field.nameLength = entry.name.utf8CodeUnitCount
            field.value = position &+ field.nameLength &+ 2
            field.valueLength = entry.value.utf8CodeUnitCount
            put(entry.value.utf8Start, field.valueLength, buffer + field.value)
        } else {
            guard let entry = table.entry(index &- StaticTable.count &- 1), let bytes = table.name(of: entry) else {
                throw .invalidIndex
            }
            field.nameLength = Int(entry.nameLength)
            field.value = position &+ field.nameLength &+ 2
            field.valueLength = Int(entry.valueLength)
            put(bytes, field.nameLength, buffer + position)
            put(bytes + field.nameLength, field.valueLength, buffer + field.value)
        }
        try finish(field, buffer)
        return field
    }

    private mutating func literal(
        _ first: UInt8, _ buffer: UnsafeMutableRawPointer, _ position: Int
    ) throws(HPACKError) -> Field {
        let isIndexed = first & 0x40 != 0
        let index = try reader.integer(first, mask: isIndexed ? 0x3F : 0x0F)
        var field = Field(name: position, nameLength: 0, value: 0, valueLength: 0, staticIndex: 0)
        if index == 0 {
            field.nameLength = try reader.string(to: buffer + position, huffman)
        } else if index <= StaticTable.count {
            let name = statics[index].name
            field.staticIndex = index
            field.nameLength = name.utf8CodeUnitCount
            put(name.utf8Start, field.nameLength, buffer + position)
        } else {
            guard let entry = table.entry(index &- StaticTable.count &- 1), let bytes = table.name(of: entry) else {
                throw .invalidIndex
            }
            field.nameLength = Int(entry.nameLength)
            put(bytes, field.nameLength, buffer + position)
        }
        field.value = position &+ field.nameLength &+ 2
        field.valueLength = try reader.string(to: buffer + field.value, huffman)
        if isIndexed {
            table.insert(
                name: UnsafeRawBufferPointer(start: buffer + field.name, count: field.nameLength),
                value: UnsafeRawBufferPointer(start: buffer + field.value, count: field.valueLength))
        }
        try finish(field, buffer)
        return field
    }

    @inline(__always)
    private func put(_ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer) {
        memcpy(target, source, count)
    }

    /// Writes what makes a line of name and value.
    @inline(__always)
    private mutating func finish(_ field: Field, _ buffer: UnsafeMutableRawPointer) throws(HPACKError) {
        (buffer + field.name + field.nameLength).storeBytes(of: UInt16(bigEndian: 0x3A20), as: UInt16.self)
        (buffer + field.value + field.valueLength).storeBytes(of: UInt16(bigEndian: 0x0D0A), as: UInt16.self)
        work &+= field.end &- field.name
        guard work <= Self.maximumWork else { throw .excessive }
    }
}
