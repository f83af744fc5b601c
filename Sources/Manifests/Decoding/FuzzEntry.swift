import KubernetesTypes

/// Decodes any bytes. Does nothing else than not to crash; for the fuzzer.
package func fuzzDecode(_ bytes: UnsafeRawBufferPointer) {
    let manifests = ManifestDecoder().decode(Array(bytes), file: "fuzz.yaml")
    for object in manifests.objects {
        _ = object.fieldLocations.location(of: .root)
    }
    for diagnostic in manifests.diagnostics {
        _ = diagnostic.description
    }
}
