package main

import (
	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	caps "github.com/moby/buildkit/util/apicaps/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"os"
)

type capability = caps.APICap

func parsePlatform(s string) ocispecs.Platform { return platforms.MustParse(s) }

func imageOptions(n object, meta []llb.ConstraintsOpt) []llb.ImageOption {
	var opts []llb.ImageOption
	switch text(n, "resolve_mode") {
	case "pull":
		opts = append(opts, llb.ResolveModeForcePull)
	case "local":
		opts = append(opts, llb.ResolveModePreferLocal)
	}
	if text(n, "record_type") == "internal" {
		opts = append(opts, llb.MarkImageInternal)
	}
	if v, ok := n["layer_limit"].(float64); ok {
		opts = append(opts, llb.WithLayerLimit(int(v)))
	}
	if s := text(n, "checksum"); s != "" {
		opts = append(opts, llb.WithImageChecksum(digest.Digest(s)))
	}
	for _, m := range meta {
		opts = append(opts, m)
	}
	return opts
}

func localOptions(n object, meta []llb.ConstraintsOpt) []llb.LocalOption {
	var opts []llb.LocalOption
	if s := text(n, "session_id"); s != "" {
		opts = append(opts, llb.SessionID(s))
	}
	if v := texts(n, "include"); len(v) > 0 {
		opts = append(opts, llb.IncludePatterns(v))
	}
	if v := texts(n, "exclude"); len(v) > 0 {
		opts = append(opts, llb.ExcludePatterns(v))
	}
	if v := texts(n, "follow"); len(v) > 0 {
		opts = append(opts, llb.FollowPaths(v))
	}
	if s := text(n, "shared_key_hint"); s != "" {
		opts = append(opts, llb.SharedKeyHint(s))
	}
	required := true
	if v, ok := n["differ_required"].(bool); ok {
		required = v
	}
	switch text(n, "differ") {
	case "none":
		opts = append(opts, llb.Differ(llb.DiffNone, required))
	case "metadata":
		opts = append(opts, llb.Differ(llb.DiffMetadata, required))
	}
	if flag(n, "metadata_only") {
		opts = append(opts, llb.MetadataOnlyTransfer(texts(n, "metadata_except")))
	}
	for _, m := range meta {
		opts = append(opts, m)
	}
	return opts
}

func gitOptions(n object, meta []llb.ConstraintsOpt) []llb.GitOption {
	var opts []llb.GitOption
	if s := text(n, "subdir"); s != "" {
		opts = append(opts, llb.GitSubDir(s))
	}
	if flag(n, "keep_git_dir") {
		opts = append(opts, llb.KeepGitDir())
	}
	if flag(n, "skip_submodules") {
		opts = append(opts, llb.GitSkipSubmodules())
	}
	if flag(n, "fetch_by_commit") {
		opts = append(opts, llb.GitFetchByCommit())
	}
	if s := text(n, "checksum"); s != "" {
		opts = append(opts, llb.GitChecksum(s))
	}
	if s := text(n, "mtime"); s != "" {
		opts = append(opts, llb.GitMTime(s))
	}
	if s := text(n, "bundle"); s != "" {
		opts = append(opts, llb.GitBundleURL(s))
	}
	if flag(n, "checkout_bundle") {
		opts = append(opts, llb.GitCheckoutBundle())
	}
	if s, ok := n["auth_token_secret"].(string); ok {
		opts = append(opts, llb.AuthTokenSecret(s))
	}
	if s, ok := n["auth_header_secret"].(string); ok {
		opts = append(opts, llb.AuthHeaderSecret(s))
	}
	if s := text(n, "known_ssh_hosts"); s != "" {
		opts = append(opts, llb.KnownSSHHosts(s))
	}
	if s := text(n, "mount_ssh_sock"); s != "" {
		opts = append(opts, llb.MountSSHSock(s))
	}
	for _, m := range meta {
		opts = append(opts, m)
	}
	return opts
}

type placed interface {
	llb.HTTPOption
	llb.ImageBlobOption
}

// fileOptions say how a single file is placed: the same for http and for blobs.
func fileOptions(n object) []placed {
	var opts []placed
	if s := text(n, "filename"); s != "" {
		opts = append(opts, llb.Filename(s))
	}
	if v := number(n, "mode"); v != 0 {
		opts = append(opts, llb.Chmod(os.FileMode(v)))
	}
	if number(n, "uid") != 0 || number(n, "gid") != 0 {
		opts = append(opts, llb.Chown(number(n, "uid"), number(n, "gid")))
	}
	return opts
}

func httpOptions(n object, meta []llb.ConstraintsOpt) []llb.HTTPOption {
	var opts []llb.HTTPOption
	if s := text(n, "checksum"); s != "" {
		opts = append(opts, llb.Checksum(digest.Digest(s)))
	}
	for _, o := range fileOptions(n) {
		opts = append(opts, o)
	}
	if s := text(n, "auth_header_secret"); s != "" {
		opts = append(opts, llb.AuthHeaderSecret(s))
	}
	if h, ok := n["header"].(object); ok {
		opts = append(opts, llb.Header(llb.HTTPHeader{Accept: text(h, "accept"), UserAgent: text(h, "user-agent")}))
	}
	if v := texts(n, "signature"); len(v) == 2 {
		opts = append(opts, llb.VerifyPGPSignature(llb.HTTPSignatureInfo{PubKey: []byte(v[0]), Signature: []byte(v[1])}))
	}
	for _, m := range meta {
		opts = append(opts, m)
	}
	return opts
}
