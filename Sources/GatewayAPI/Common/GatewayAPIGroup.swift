/// The API group of every standard kind of the Gateway API.
package let gatewayAPIGroup = "gateway.networking.k8s.io"

/// The API group of the kinds that exist only in the experimental channel.
package let experimentalGatewayAPIGroup = "gateway.networking.x-k8s.io"
