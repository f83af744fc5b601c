import Testing

@testable import Proxy

@Suite struct ByteQueueTests {
    private func append(_ bytes: [UInt8], to queue: inout ByteQueue) {
        bytes.withUnsafeBytes { queue.append($0) }
    }

    @Test func `bytes come out as they went in, whatever the sizes`() {
        var queue = ByteQueue()
        var expected: [UInt8] = []
        var next: UInt8 = 0
        for round in 1...200 {
            var piece: [UInt8] = []
            for _ in 0..<(round * 37 % 501) {
                piece.append(next)
                next &+= 1
            }
            append(piece, to: &queue)
            expected += piece
            let taken = min(queue.count, round * 53 % 401)
            let front = Array(queue.bytes.prefix(taken))
            #expect(front == Array(expected.prefix(taken)))
            queue.consume(taken)
            expected.removeFirst(taken)
            let count = queue.count
            #expect(count == expected.count)
        }
        let rest = Array(queue.bytes)
        #expect(rest == expected)
    }

    @Test func `an empty queue holds no memory`() {
        var queue = ByteQueue()
        append([1, 2, 3], to: &queue)
        queue.consume(3)
        let base = queue.bytes.baseAddress
        #expect(base == nil)
    }
}
