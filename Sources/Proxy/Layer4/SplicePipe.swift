import CLinux
import Glibc

/// A pipe through which the kernel hands pages from one socket to another without copying them: for transfers that fill
/// the receive buffer again and again, at about 60 % of the CPU time.
final class SplicePipe {
    let reading: Int32
    let writing: Int32
    /// What it holds at most, in bytes.
    let capacity: Int
    /// What it holds now.
    var count = 0

    var isEmpty: Bool { count == 0 }

    init?() {
        var ends: (Int32, Int32) = (-1, -1)
        let capacity = withUnsafeMutableBytes(of: &ends) { ends in
            weir_pipe(ends.bindMemory(to: Int32.self).baseAddress, 1 << 20)
        }
        guard capacity > 0 else { return nil }
        self.capacity = Int(capacity)
        (reading, writing) = ends
    }

    deinit {
        Glibc.close(reading)
        Glibc.close(writing)
    }
}

/// The pipes of one event loop: one for each transfer that is at work, and a few in reserve.
struct SplicePipes: ~Copyable {
    /// More transfers than this are copied: pipes cost descriptors, and the system limits what one user may have in them.
    private static let maximum = 32
    private static let maximumSpare = 4

    private var spare: ContiguousArray<SplicePipe> = []
    private var count = 0

    mutating func take() -> SplicePipe? {
        if let pipe = spare.popLast() { return pipe }
        guard count < Self.maximum, let pipe = SplicePipe() else { return nil }
        count += 1
        return pipe
    }

    mutating func giveBack(_ pipe: SplicePipe) {
        if pipe.isEmpty, spare.count < Self.maximumSpare {
            spare.append(pipe)
        } else {
            count -= 1
        }
    }
}
