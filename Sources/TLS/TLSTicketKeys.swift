internal import CNIOBoringSSL
import Synchronization

/// The keys that session tickets are sealed with (RFC 5077 section 5.5): shared by all loops and kept when a context is
/// replaced, so that a client resumes wherever it lands. A key seals for 12 hours and opens for 24.
///
/// Asked once per handshake, never per request.
package final class TLSTicketKeys: Sendable {
    struct Key {
        var name: [UInt8]
        var hmac: [UInt8]
        var cipher: [UInt8]
        /// CLOCK_MONOTONIC seconds.
        var madeAt: Int

        init(now: Int) {
            name = Self.random(16)
            hmac = Self.random(32)
            cipher = Self.random(16)
            madeAt = now
        }

        private static func random(_ count: Int) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                _ = RAND_bytes(buffer.baseAddress, count)
                initialized = count
            }
        }
    }

    static let lifetime = 12 * 3600
    private let keys: Mutex<(current: Key, previous: Key?)>
    private let clock: @Sendable () -> Int

    /// - Parameter clock: seconds that only grow.
    package init(clock: @escaping @Sendable () -> Int) {
        self.clock = clock
        keys = Mutex((Key(now: clock()), nil))
    }

    /// The key to seal with.
    func current() -> Key {
        let now = clock()
        return keys.withLock { keys in
            if now - keys.current.madeAt >= Self.lifetime {
                keys = (Key(now: now), now - keys.current.madeAt < 2 * Self.lifetime ? keys.current : nil)
            }
            return keys.current
        }
    }

    /// The key with this name, and whether a fresh ticket should be given out.
    func key(named name: UnsafeBufferPointer<UInt8>) -> (Key, isOld: Bool)? {
        _ = current()
        return keys.withLock { keys in
            if name.elementsEqual(keys.current.name) { return (keys.current, false) }
            if let previous = keys.previous, name.elementsEqual(previous.name) { return (previous, true) }
            return nil
        }
    }
}
