#if canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the last system call that failed says about it, for example `Permission denied`.
func systemErrorMessage(_ code: Int32 = errno) -> String {
    String(cString: strerror(code))
}

/// The system call, under a name that the methods called `read` do not hide.
func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
