// The custom resource definitions of the Gateway API. A module of its own: beside Kubernetes it would move the versions Kubernetes is built with.
module vice/test/cluster/gateway-api

go 1.26.0

require sigs.k8s.io/gateway-api v1.6.3
