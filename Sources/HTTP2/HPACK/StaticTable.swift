import HTTPSemantics

/// The static table (RFC 7541 appendix A).
enum StaticTable {
    /// Entries have the indices 1...61.
    static let count = 61

    struct Entry {
        let name: StaticString
        let value: StaticString

        init(_ name: StaticString, _ value: StaticString = "") {
            self.name = name
            self.value = value
        }

        var nameBytes: UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        }
        var valueBytes: UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount)
        }
    }

    /// Position 0 is unused. Safety: written once, before anybody has the pointer, and never freed.
    nonisolated(unsafe) static let entries: UnsafePointer<Entry> = {
        let memory = UnsafeMutablePointer<Entry>.allocate(capacity: count + 1)
        memory.initialize(to: Entry(""))
        for (index, entry) in list.enumerated() { (memory + index + 1).initialize(to: entry) }
        return UnsafePointer(memory)
    }()

    /// Lower-case field names to the first index with that name: a hash table with linear probing, 0 where nothing is.
    /// Safety: as `entries`.
    nonisolated(unsafe) static let byName: UnsafePointer<UInt8> = {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: buckets)
        memory.initialize(repeating: 0, count: buckets)
        for index in 1...count {
            var bucket = Int(FieldHash.hash(entries[index].nameBytes)) & (buckets - 1)
            while memory[bucket] != 0, !same(entries[Int(memory[bucket])].nameBytes, entries[index].nameBytes) {
                bucket = (bucket + 1) & (buckets - 1)
            }
            if memory[bucket] == 0 { memory[bucket] = UInt8(index) }
        }
        return UnsafePointer(memory)
    }()

    private static let buckets = 256

    /// The first index with this name in lower case; 0 when there is none.
    static func index(ofName name: UnsafeRawBufferPointer, hash: UInt32) -> Int {
        var bucket = Int(hash) & (buckets - 1)
        let byName = byName
        while byName[bucket] != 0 {
            let index = Int(byName[bucket])
            if same(entries[index].nameBytes, name) { return index }
            bucket = (bucket + 1) & (buckets - 1)
        }
        return 0
    }

    @inline(__always)
    private static func same(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        FieldHash.same(left, right)
    }

    private static let list: [Entry] = [
        Entry(":authority"), Entry(":method", "GET"), Entry(":method", "POST"), Entry(":path", "/"),
        Entry(":path", "/index.html"), Entry(":scheme", "http"), Entry(":scheme", "https"), Entry(":status", "200"),
        Entry(":status", "204"), Entry(":status", "206"), Entry(":status", "304"), Entry(":status", "400"),
        Entry(":status", "404"), Entry(":status", "500"), Entry("accept-charset"),
        Entry("accept-encoding", "gzip, deflate"), Entry("accept-language"), Entry("accept-ranges"), Entry("accept"),
        Entry("access-control-allow-origin"), Entry("age"), Entry("allow"), Entry("authorization"),
        Entry("cache-control"), Entry("content-disposition"), Entry("content-encoding"), Entry("content-language"),
        Entry("content-length"), Entry("content-location"), Entry("content-range"), Entry("content-type"),
        Entry("cookie"), Entry("date"), Entry("etag"), Entry("expect"), Entry("expires"), Entry("from"), Entry("host"),
        Entry("if-match"), Entry("if-modified-since"), Entry("if-none-match"), Entry("if-range"),
        Entry("if-unmodified-since"), Entry("last-modified"), Entry("link"), Entry("location"), Entry("max-forwards"),
        Entry("proxy-authenticate"), Entry("proxy-authorization"), Entry("range"), Entry("referer"), Entry("refresh"),
        Entry("retry-after"), Entry("server"), Entry("set-cookie"), Entry("strict-transport-security"),
        Entry("transfer-encoding"), Entry("user-agent"), Entry("vary"), Entry("via"), Entry("www-authenticate"),
    ]
}
