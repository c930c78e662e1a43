package main

import (
	"encoding/json"
	"os"

	_ "github.com/moby/buildkit/api/types"
	_ "github.com/moby/buildkit/frontend/gateway/pb"
	_ "github.com/tonistiigi/fsutil/types"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// field is a message's field as proto/describe.py prints it.
type field struct {
	Number int    `json:"number"`
	Type   string `json:"type"`
	Label  string `json:"label"`
	Oneof  string `json:"oneof"`
}

// typ names a field's type.
func typ(f protoreflect.FieldDescriptor) string {
	switch {
	case f.Message() != nil:
		return string(f.Message().FullName())
	case f.Enum() != nil:
		return string(f.Enum().FullName())
	}
	return f.Kind().String()
}

// describe prints every message and enum of the linked packages: the shape is that of proto/describe.py.
func describe() {
	msgs := map[string]map[string]field{}
	enums := map[string]map[string]int{}
	var add func(m protoreflect.MessageDescriptor)
	addEnum := func(e protoreflect.EnumDescriptor) {
		v := map[string]int{}
		for i := 0; i < e.Values().Len(); i++ {
			v[string(e.Values().Get(i).Name())] = int(e.Values().Get(i).Number())
		}
		enums[string(e.FullName())] = v
	}
	add = func(m protoreflect.MessageDescriptor) {
		if m.IsMapEntry() {
			return
		}
		fs := map[string]field{}
		for i := 0; i < m.Fields().Len(); i++ {
			f := m.Fields().Get(i)
			x := field{Number: int(f.Number()), Type: typ(f), Label: "one"}
			if f.IsMap() {
				x.Label = "map"
				x.Type = "map<" + typ(f.MapKey()) + ", " + typ(f.MapValue()) + ">"
			} else if f.IsList() {
				x.Label = "many"
			}
			if o := f.ContainingOneof(); o != nil {
				x.Oneof = string(o.Name())
			}
			fs[string(f.Name())] = x
		}
		msgs[string(m.FullName())] = fs
		for i := 0; i < m.Messages().Len(); i++ {
			add(m.Messages().Get(i))
		}
		for i := 0; i < m.Enums().Len(); i++ {
			addEnum(m.Enums().Get(i))
		}
	}
	protoregistry.GlobalFiles.RangeFiles(func(fd protoreflect.FileDescriptor) bool {
		for i := 0; i < fd.Messages().Len(); i++ {
			add(fd.Messages().Get(i))
		}
		for i := 0; i < fd.Enums().Len(); i++ {
			addEnum(fd.Enums().Get(i))
		}
		return true
	})
	json.NewEncoder(os.Stdout).Encode(map[string]any{"messages": msgs, "enums": enums})
}
