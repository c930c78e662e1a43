#!/bin/sh
# kube.sh ADDRESS API ETCD PEER: the parts of a Kubernetes of one node, in the tree of tree.sh. ADDRESS is the node's, the
# others are free ports of 127.0.0.1: the API server's, etcd's two. The files are those that kube.py has written.
set -eu
address=$1 api=$2 etcd=$3 peer=$4
lab=/var/lib/lab
PATH=$lab/bin:$PATH
mount --make-rshared / # what the kubelet mounts for pods is to be seen by containerd
mkdir -p /var/lib/kubelet

part() { # NAME COMMAND...: starts a part; when one ends, all do
    name=$1
    shift
    { "$@" >"$lab/log/$name.log" 2>&1 || true; echo "$name has ended" >&2; kill $$; } &
}

part etcd etcd --data-dir "$lab/etcd" --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$etcd" \
    --advertise-client-urls "http://127.0.0.1:$etcd" --listen-peer-urls "http://127.0.0.1:$peer"
part containerd containerd --config "$lab/containerd.toml"
part kube-apiserver kube-apiserver --etcd-servers "http://127.0.0.1:$etcd" --bind-address 127.0.0.1 --secure-port "$api" \
    --advertise-address "$address" --cert-dir "$lab/certificates" --service-cluster-ip-range 10.96.0.0/24 \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$lab/service-accounts.key" \
    --service-account-signing-key-file "$lab/service-accounts.key" --authorization-mode RBAC \
    --token-auth-file "$lab/tokens.csv" --allow-privileged=true --kubelet-preferred-address-types=InternalIP
until kubectl --kubeconfig "$lab/kubeconfig" get --raw /readyz >/dev/null 2>&1; do sleep 0.2; done
part kube-controller-manager kube-controller-manager --kubeconfig "$lab/kubeconfig" --secure-port 0 --leader-elect=false \
    --service-account-private-key-file "$lab/service-accounts.key" --root-ca-file "$lab/certificates/apiserver.crt" \
    --use-service-account-credentials
part kube-scheduler kube-scheduler --kubeconfig "$lab/kubeconfig" --secure-port 0 --leader-elect=false
part kubelet kubelet --config "$lab/kubelet.json" --kubeconfig "$lab/kubeconfig" --hostname-override node \
    --node-ip "$address"
wait
