/// The API group of every standard kind of the Gateway API.
package let gatewayAPIGroup = "gateway.networking.k8s.io"
