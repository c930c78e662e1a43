// Program parity is BuildKit's own Go client for the tests: it reads graphs as JSON, one a line (tests/parity/README.md),
// and prints the Definition of each as JSON. Other verbs: `describe` prints the message descriptors of the pinned
// module, `bench N` the time its marshalling takes.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/llbbuild"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"google.golang.org/protobuf/proto"
)

type object = map[string]any

func main() {
	verb := "marshal"
	if len(os.Args) > 1 {
		verb = os.Args[1]
	}
	switch verb {
	case "marshal":
		marshalAll()
	case "describe":
		describe()
	case "bench":
		bench(os.Args[2:])
	default:
		fmt.Fprintln(os.Stderr, "usage: parity [marshal|describe|bench N...]")
		os.Exit(2)
	}
}

func marshalAll() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			var graph object
			if err := json.Unmarshal(line, &graph); err != nil {
				panic(err)
			}
			if err := out.Encode(answer(graph)); err != nil {
				panic(err)
			}
		}
		if err != nil {
			return
		}
	}
}

// answer is {"definition": base64 of pb.Definition with its map keys sorted, "ops": [base64], "digests"} or {"error"}.
func answer(graph object) object {
	b := &builder{graph: graph, states: map[string]llb.State{}, execs: map[string]llb.ExecState{}, maps: map[int]*llb.SourceMap{}}
	def, err := b.marshal()
	if err != nil {
		return object{"error": err.Error()}
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(def.ToPB())
	if err != nil {
		return object{"error": err.Error()}
	}
	ops, digests := [][]byte{}, []string{}
	for _, op := range def.Def {
		ops = append(ops, op)
		digests = append(digests, digest.FromBytes(op).String())
	}
	return object{"definition": data, "ops": ops, "digests": digests}
}

type builder struct {
	graph  object
	states map[string]llb.State
	execs  map[string]llb.ExecState
	maps   map[int]*llb.SourceMap
}

func (b *builder) marshal() (*llb.Definition, error) {
	for _, node := range list(b.graph, "nodes") {
		n := node.(object)
		b.states[text(n, "id")] = b.state(n)
	}
	options := object{}
	if o, ok := b.graph["marshal"].(object); ok {
		options = o
	}
	opts := []llb.ConstraintsOpt{llb.Platform(platform(textOr(options, "platform", "linux/amd64"))), llb.LocalUniqueID(textOr(options, "unique_id", "uniq"))}
	if caps, ok := options["caps"]; ok {
		known := []*capability{}
		for _, id := range caps.([]any) {
			known = append(known, &capability{ID: id.(string), Enabled: true})
		}
		opts = append(opts, llb.WithCaps(pb.Caps.CapSet(known)))
	}
	opts = append(opts, b.meta(options["meta"])...)
	return b.get(text(b.graph, "result")).Marshal(context.Background(), opts...)
}

func (b *builder) get(id string) llb.State {
	st, ok := b.states[id]
	if !ok {
		panic("no node " + id)
	}
	return st
}

// meta turns the options every operation takes into Go's constraint options.
func (b *builder) meta(v any) []llb.ConstraintsOpt {
	m, ok := v.(object)
	if !ok {
		return nil
	}
	var opts []llb.ConstraintsOpt
	if s := text(m, "platform"); s != "" {
		opts = append(opts, llb.Platform(platform(s)))
	}
	if w := texts(m, "worker"); len(w) > 0 {
		opts = append(opts, llb.Require(w...))
	}
	if d, ok := m["description"].(object); ok {
		found := map[string]string{}
		for k, v := range d {
			found[k] = v.(string)
		}
		opts = append(opts, llb.WithDescription(found))
	}
	if s := text(m, "name"); s != "" {
		opts = append(opts, llb.WithCustomName(s))
	}
	if flag(m, "ignore_cache") {
		opts = append(opts, llb.IgnoreCache)
	}
	if v, ok := m["export_cache"].(bool); ok {
		if v {
			opts = append(opts, llb.WithExportCache())
		} else {
			opts = append(opts, llb.WithoutExportCache())
		}
	}
	if p, ok := m["progress"].(object); ok {
		opts = append(opts, llb.ProgressGroup(text(p, "id"), text(p, "name"), flag(p, "weak")))
	}
	if r, ok := m["resources"].(object); ok {
		opts = append(opts, resources(r)...)
	}
	for _, at := range list(m, "at") {
		place := at.(object)
		ranges := []*pb.Range{}
		for _, r := range list(place, "ranges") {
			n := r.([]any)
			ranges = append(ranges, &pb.Range{
				Start: &pb.Position{Line: int32(n[0].(float64)), Character: int32(n[1].(float64))},
				End:   &pb.Position{Line: int32(n[2].(float64)), Character: int32(n[3].(float64))},
			})
		}
		opts = append(opts, b.sourceMap(number(place, "file")).Location(ranges))
	}
	return opts
}

func (b *builder) sourceMap(index int) *llb.SourceMap {
	if b.maps[index] == nil {
		file := list(b.graph, "files")[index].(object)
		var st *llb.State
		if id := text(file, "state"); id != "" {
			found := b.get(id)
			st = &found
		}
		b.maps[index] = llb.NewSourceMap(st, text(file, "filename"), text(file, "language"), []byte(text(file, "data")))
	}
	return b.maps[index]
}

func resources(r object) []llb.ConstraintsOpt {
	var opts []llb.ConstraintsOpt
	if v := number(r, "memory"); v != 0 {
		opts = append(opts, llb.MemoryLimit(int64(v)))
	}
	if v := number(r, "memory_swap"); v != 0 {
		opts = append(opts, llb.MemorySwapLimit(int64(v)))
	}
	if v := number(r, "cpu_shares"); v != 0 {
		opts = append(opts, llb.CPUShares(uint64(v)))
	}
	if v := number(r, "cpu_period"); v != 0 {
		opts = append(opts, llb.CPUPeriod(uint64(v)))
	}
	if v := number(r, "cpu_quota"); v != 0 {
		opts = append(opts, llb.CPUQuota(int64(v)))
	}
	if v := text(r, "cpuset_cpus"); v != "" {
		opts = append(opts, llb.CpusetCpus(v))
	}
	if v := text(r, "cpuset_mems"); v != "" {
		opts = append(opts, llb.CpusetMems(v))
	}
	return opts
}

func (b *builder) state(n object) llb.State {
	meta := b.meta(n["meta"])
	switch kind := text(n, "kind"); kind {
	case "scratch":
		return llb.Scratch()
	case "image":
		return llb.Image(text(n, "ref"), imageOptions(n, meta)...)
	case "local":
		return llb.Local(text(n, "name"), localOptions(n, meta)...)
	case "git":
		return llb.Git(text(n, "remote"), text(n, "ref"), gitOptions(n, meta)...)
	case "http":
		return llb.HTTP(text(n, "url"), httpOptions(n, meta)...)
	case "oci_layout":
		opts := []llb.OCILayoutOption{}
		if text(n, "session_id") != "" || text(n, "store_id") != "" {
			opts = append(opts, llb.OCIStore(text(n, "session_id"), text(n, "store_id")))
		}
		if v, ok := n["layer_limit"].(float64); ok {
			opts = append(opts, llb.OCILayerLimit(int(v)))
		}
		for _, m := range meta {
			opts = append(opts, m)
		}
		return llb.OCILayout(text(n, "ref"), opts...)
	case "image_blob", "oci_blob":
		opts := []llb.ImageBlobOption{}
		if text(n, "session_id") != "" || text(n, "store_id") != "" {
			opts = append(opts, llb.ImageBlobOCIStore(text(n, "session_id"), text(n, "store_id")))
		}
		for _, o := range fileOptions(n) {
			opts = append(opts, o)
		}
		for _, m := range meta {
			opts = append(opts, m)
		}
		if kind == "oci_blob" {
			return llb.OCILayoutBlob(text(n, "ref"), opts...)
		}
		return llb.ImageBlob(text(n, "ref"), opts...)
	case "set":
		return b.set(b.get(text(n, "base")), list(n, "ops"))
	case "run":
		return b.run(n, meta)
	case "output":
		return b.execs[text(n, "of")].GetMount(text(n, "dest"))
	case "file":
		return b.get(text(n, "base")).File(b.actions(list(n, "actions")), meta...)
	case "merge":
		return llb.Merge(b.all(texts(n, "states")), meta...)
	case "diff":
		return llb.Diff(b.get(text(n, "lower")), b.get(text(n, "upper")), meta...)
	case "build":
		opts := []llbbuild.BuildOption{}
		if f := text(n, "filename"); f != "" {
			opts = append(opts, llbbuild.WithFilename(f))
		}
		for _, m := range meta {
			opts = append(opts, llbbuild.WithConstraints(m))
		}
		return b.get(text(n, "base")).With(llbbuild.Build(opts...))
	case "requires":
		return b.get(text(n, "base")).Requires(text(n, "ident"), b.all(texts(n, "states"))...)
	case "passthrough":
		keep := map[int]bool{}
		for _, k := range list(n, "keep") {
			keep[int(k.(float64))] = true
		}
		inputs := []llb.PassthroughInput{}
		for i, st := range b.all(texts(n, "states")) {
			inputs = append(inputs, llb.PassthroughInput{State: st, Output: keep[i]})
		}
		return llb.NewState(llb.NewPassthroughOp(text(n, "ident"), inputs, meta...).OutputAt(number(n, "take")))
	case "reread":
		def, err := b.get(text(n, "base")).Marshal(context.Background(), llb.Platform(platform("linux/amd64")), llb.LocalUniqueID("uniq"))
		if err != nil {
			panic(err)
		}
		op, err := llb.NewDefinitionOp(def.ToPB())
		if err != nil {
			panic(err)
		}
		return llb.NewState(op)
	default:
		panic("unknown kind " + kind)
	}
}

func (b *builder) all(ids []string) []llb.State {
	out := []llb.State{}
	for _, id := range ids {
		out = append(out, b.get(id))
	}
	return out
}

func (b *builder) set(st llb.State, ops []any) llb.State {
	for _, op := range ops {
		words := op.([]any)
		arg := func(i int) string { return words[i].(string) }
		switch words[0] {
		case "dir":
			st = st.Dir(arg(1))
		case "env":
			st = st.AddEnv(arg(1), arg(2))
		case "user":
			st = st.User(arg(1))
		case "hostname":
			st = st.Hostname(arg(1))
		case "cgroup_parent":
			st = st.WithCgroupParent(arg(1))
		case "network":
			st = st.Network(network(arg(1)))
		case "security":
			st = st.Security(security(arg(1)))
		case "host":
			st = st.AddExtraHost(arg(1), net.ParseIP(arg(2)))
		case "ulimit":
			st = st.AddUlimit(llb.UlimitName(arg(1)), int64(words[2].(float64)), int64(words[3].(float64)))
		case "platform":
			st = st.Platform(platform(arg(1)))
		case "reset":
			st = st.Reset(b.get(arg(1)))
		case "image_config":
			data, err := json.Marshal(words[1])
			if err != nil {
				panic(err)
			}
			found, err := st.WithImageConfig(data)
			if err != nil {
				panic(err)
			}
			st = found
		default:
			panic(fmt.Sprint("unknown setting ", words[0]))
		}
	}
	return st
}

func (b *builder) run(n object, meta []llb.ConstraintsOpt) llb.State {
	opts := []llb.RunOption{llb.Args(texts(n, "args"))}
	for _, pair := range list(n, "env") {
		words := pair.([]any)
		opts = append(opts, llb.AddEnv(words[0].(string), words[1].(string)))
	}
	if s := text(n, "dir"); s != "" {
		opts = append(opts, llb.Dir(s))
	}
	if s := text(n, "user"); s != "" {
		opts = append(opts, llb.User(s))
	}
	if s := text(n, "hostname"); s != "" {
		opts = append(opts, llb.Hostname(s))
	}
	if s := text(n, "network"); s != "" {
		opts = append(opts, llb.Network(network(s)))
	}
	if s := text(n, "security"); s != "" {
		opts = append(opts, llb.Security(security(s)))
	}
	if s := text(n, "cgroup_parent"); s != "" {
		opts = append(opts, llb.WithCgroupParent(s))
	}
	for _, h := range list(n, "hosts") {
		words := h.([]any)
		opts = append(opts, llb.AddExtraHost(words[0].(string), net.ParseIP(words[1].(string))))
	}
	for _, u := range list(n, "ulimits") {
		words := u.([]any)
		opts = append(opts, llb.AddUlimit(llb.UlimitName(words[0].(string)), int64(words[1].(float64)), int64(words[2].(float64))))
	}
	if p, ok := n["proxy"].(object); ok {
		opts = append(opts, llb.WithProxy(llb.ProxyEnv{
			HTTPProxy: text(p, "http"), HTTPSProxy: text(p, "https"), FTPProxy: text(p, "ftp"), NoProxy: text(p, "no"), AllProxy: text(p, "all"),
		}))
	}
	if _, ok := n["valid_exit_codes"]; ok {
		var codes []int // none for an empty list, as of ValidExitCodes()
		for _, c := range list(n, "valid_exit_codes") {
			codes = append(codes, int(c.(float64)))
		}
		opts = append(opts, llb.ValidExitCodes(codes...))
	}
	if flag(n, "readonly_root") {
		opts = append(opts, llb.ReadonlyRootFS())
	}
	for _, mount := range list(n, "mounts") {
		opts = append(opts, b.mount(mount.(object)))
	}
	for _, m := range meta {
		opts = append(opts, m)
	}
	run := b.get(text(n, "base")).Run(opts...)
	b.execs[text(n, "id")] = run
	return run.Root()
}

func (b *builder) mount(m object) llb.RunOption {
	dest := text(m, "dest")
	switch kind := text(m, "kind"); kind {
	case "bind":
		return llb.AddMount(dest, b.get(text(m, "state")), mountOptions(m)...)
	case "scratch":
		return llb.AddMount(dest, llb.Scratch())
	case "cache":
		sharing := map[string]llb.CacheMountSharingMode{"shared": llb.CacheMountShared, "private": llb.CacheMountPrivate, "locked": llb.CacheMountLocked}
		source := llb.Scratch()
		if id := text(m, "source"); id != "" {
			source = b.get(id)
		}
		kind := llb.AsPersistentCacheDir(text(m, "cache_id"), sharing[textOr(m, "sharing", "shared")])
		return llb.AddMount(dest, source, append(mountOptions(m), kind)...)
	case "tmpfs":
		opts := []llb.TmpfsOption{}
		if v := number(m, "size_bytes"); v != 0 {
			opts = append(opts, llb.TmpfsSize(int64(v)))
		}
		return llb.AddMount(dest, llb.Scratch(), append(mountOptions(m), llb.Tmpfs(opts...))...)
	case "secret":
		opts := []llb.SecretOption{}
		if s := text(m, "secret_id"); s != "" {
			opts = append(opts, llb.SecretID(s))
		}
		if _, ok := m["mode"]; ok {
			opts = append(opts, llb.SecretFileOpt(number(m, "uid"), number(m, "gid"), number(m, "mode")))
		}
		if flag(m, "optional") {
			opts = append(opts, llb.SecretOptional)
		}
		env := text(m, "env")
		if dest == "" {
			opts = append(opts, llb.SecretAsEnv(true))
			return llb.AddSecret(env, opts...)
		}
		if env != "" {
			opts = append(opts, llb.SecretAsEnvName(env))
		}
		return llb.AddSecret(dest, opts...)
	case "ssh":
		opts := []llb.SSHOption{}
		if _, ok := m["mode"]; ok {
			opts = append(opts, llb.SSHSocketOpt(dest, number(m, "uid"), number(m, "gid"), number(m, "mode")))
		} else if dest != "" {
			opts = append(opts, llb.SSHSocketTarget(dest))
		}
		if s := text(m, "ssh_id"); s != "" {
			opts = append(opts, llb.SSHID(s))
		}
		if flag(m, "optional") {
			opts = append(opts, llb.SSHOptional)
		}
		return llb.AddSSHSocket(opts...)
	case "device":
		opts := []llb.CDIDeviceOption{llb.CDIDeviceName(text(m, "name"))}
		if flag(m, "optional") {
			opts = append(opts, llb.CDIDeviceOptional)
		}
		return llb.AddCDIDevice(opts...)
	default:
		panic("unknown mount " + kind)
	}
}

func (b *builder) actions(given []any) *llb.FileAction {
	var chain *llb.FileAction
	for _, v := range given {
		a := v.(object)
		switch kind := text(a, "do"); kind {
		case "mkdir":
			info := &llb.MkdirInfo{MakeParents: flag(a, "parents"), ChownOpt: owner(a), CreatedTime: created(a)}
			if chain == nil {
				chain = llb.Mkdir(text(a, "path"), os.FileMode(number(a, "mode")), info)
			} else {
				chain = chain.Mkdir(text(a, "path"), os.FileMode(number(a, "mode")), info)
			}
		case "mkfile":
			info := &llb.MkfileInfo{ChownOpt: owner(a), CreatedTime: created(a)}
			if chain == nil {
				chain = llb.Mkfile(text(a, "path"), os.FileMode(number(a, "mode")), []byte(text(a, "data")), info)
			} else {
				chain = chain.Mkfile(text(a, "path"), os.FileMode(number(a, "mode")), []byte(text(a, "data")), info)
			}
		case "rm":
			info := &llb.RmInfo{AllowNotFound: flag(a, "missing_ok"), AllowWildcard: flag(a, "wildcard")}
			if chain == nil {
				chain = llb.Rm(text(a, "path"), info)
			} else {
				chain = chain.Rm(text(a, "path"), info)
			}
		case "symlink":
			info := &llb.SymlinkInfo{ChownOpt: owner(a), CreatedTime: created(a)}
			if chain == nil {
				chain = llb.Symlink(text(a, "old"), text(a, "new"), info)
			} else {
				chain = chain.Symlink(text(a, "old"), text(a, "new"), info)
			}
		case "copy":
			var source llb.CopyInput
			if sub, ok := a["source"].(object); ok {
				source = b.actions(list(sub, "actions")).WithState(b.get(text(sub, "base")))
			} else {
				source = b.get(text(a, "source"))
			}
			info := copyInfo(a)
			if chain == nil {
				chain = llb.Copy(source, text(a, "path"), text(a, "dest"), info)
			} else {
				chain = chain.Copy(source, text(a, "path"), text(a, "dest"), info)
			}
		default:
			panic("unknown action " + kind)
		}
	}
	return chain
}

func copyInfo(a object) *llb.CopyInfo {
	info := &llb.CopyInfo{
		FollowSymlinks: flag(a, "follow_symlinks"), CopyDirContentsOnly: flag(a, "dir_contents"), IncludePatterns: texts(a, "include"),
		ExcludePatterns: texts(a, "exclude"), RequiredPaths: texts(a, "required_paths"), AttemptUnpack: flag(a, "unpack"),
		CreateDestPath: flag(a, "create_dest_path"), AllowWildcard: flag(a, "allow_wildcard"),
		AllowEmptyWildcard: flag(a, "allow_empty_wildcard"), AlwaysReplaceExistingDestPaths: flag(a, "replace_existing"),
		ChownOpt: owner(a), CreatedTime: created(a),
	}
	switch mode := a["mode"].(type) {
	case string:
		info.Mode = &llb.ChmodOpt{ModeStr: mode}
	case float64:
		info.Mode = &llb.ChmodOpt{Mode: os.FileMode(int(mode))}
	}
	return info
}

func owner(a object) *llb.ChownOpt {
	switch who := a["owner"].(type) {
	case string:
		info := &llb.MkdirInfo{}
		llb.WithUser(who).SetMkdirOption(info)
		return info.ChownOpt
	case []any:
		info := &llb.MkdirInfo{}
		llb.WithUIDGID(int(who[0].(float64)), int(who[1].(float64))).SetMkdirOption(info)
		return info.ChownOpt
	}
	return nil
}

func created(a object) *time.Time {
	if v, ok := a["time_ns"].(float64); ok {
		t := time.Unix(0, int64(v))
		return &t
	}
	return nil
}

// mountOptions are those that several kinds of mount take.
func mountOptions(m object) []llb.MountOption {
	opts := []llb.MountOption{}
	if s := text(m, "source_path"); s != "" {
		opts = append(opts, llb.SourcePath(s))
	}
	if flag(m, "readonly") {
		opts = append(opts, llb.Readonly)
	}
	if flag(m, "no_output") {
		opts = append(opts, llb.ForceNoOutput)
	}
	switch text(m, "content_cache") {
	case "on":
		opts = append(opts, llb.ContentCache(llb.MountContentCacheOn))
	case "off":
		opts = append(opts, llb.ContentCache(llb.MountContentCacheOff))
	}
	return opts
}

func network(s string) pb.NetMode {
	return map[string]pb.NetMode{"sandbox": llb.NetModeSandbox, "host": llb.NetModeHost, "none": llb.NetModeNone}[s]
}

func security(s string) pb.SecurityMode {
	return map[string]pb.SecurityMode{"sandbox": llb.SecurityModeSandbox, "insecure": llb.SecurityModeInsecure}[s]
}

func text(m object, key string) string { s, _ := m[key].(string); return s }

func textOr(m object, key, fallback string) string {
	if s, ok := m[key].(string); ok {
		return s
	}
	return fallback
}

func number(m object, key string) int { f, _ := m[key].(float64); return int(f) }

func flag(m object, key string) bool { v, _ := m[key].(bool); return v }

func list(m object, key string) []any { v, _ := m[key].([]any); return v }

func texts(m object, key string) []string {
	var out []string
	for _, v := range list(m, key) {
		out = append(out, v.(string))
	}
	return out
}

func platform(s string) ocispecs.Platform { return parsePlatform(s) }

func bench(sizes []string) {
	for _, arg := range sizes {
		n, err := strconv.Atoi(arg)
		if err != nil {
			panic(err)
		}
		base := llb.Image("alpine")
		st, ends := base, []llb.State{}
		for i := 0; i < n; i++ {
			st = st.Run(llb.Args([]string{"sh", "-c", "echo " + strconv.Itoa(i)}), llb.WithCustomName("step "+strconv.Itoa(i))).Root()
			if i%50 == 49 || i == n-1 {
				ends = append(ends, st)
				st = base
			}
		}
		st = llb.Merge(ends)
		began := time.Now()
		def, err := st.Marshal(context.Background(), llb.Platform(platform("linux/amd64")))
		if err != nil {
			panic(err)
		}
		data, err := def.ToPB().MarshalVT()
		if err != nil {
			panic(err)
		}
		fmt.Printf("%d %d %d\n", n, time.Since(began).Nanoseconds(), len(data))
	}
}
