package kustomization

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// Object is what a kustomization makes of one object.
type Object struct {
	// Content is YAML.
	Content []byte
	// File that it was read from; empty where kustomize made it.
	File string
}

// originAnnotation is where kustomize says which file an object came from, if it is asked to.
const originAnnotation = "config.kubernetes.io/origin"

// Build makes a kustomization's objects, in the order of its files. Nothing that it is made of may be foreign: kustomize would fetch it.
func (k *Kustomization) Build() ([]Object, error) {
	folder, err := filepath.EvalSymlinks(k.Folder)
	if err != nil {
		return nil, err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, err
	}
	disk := &asking{FileSystem: filesys.MakeFsOnDisk(), folder: folder}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, k.Folder)
	if disk.foreign != nil { // kustomize has its own words for a file that it cannot read
		err = disk.foreign
	}
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(reason(err), folder+string(filepath.Separator), ""))
	}
	objects := make([]Object, 0, built.Size())
	for _, resource := range built.Resources() {
		var object Object
		if origin, err := resource.GetOrigin(); err == nil && origin != nil && origin.Path != "" {
			object.File = filepath.Join(k.Folder, origin.Path)
		}
		annotations := resource.GetAnnotations()
		delete(annotations, originAnnotation)
		if err := resource.SetAnnotations(annotations); err != nil {
			return nil, err
		}
		if object.Content, err = resource.AsYAML(); err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// second is what kustomize says of its second attempt, to read a file as a folder, around why the first one failed.
var second = regexp.MustCompile(`^accumulating resources: accumulation err='(.*)': must build at directory: .*$`)

// reason is why a kustomization cannot be built, without what kustomize tried next.
func reason(err error) string {
	text := err.Error()
	for {
		inner := second.FindStringSubmatch(text)
		if inner == nil {
			return text
		}
		text = inner[1]
	}
}

// asking is the disk, on which one kustomization asks for the origin of its objects, and none names what would be fetched.
type asking struct {
	filesys.FileSystem
	folder string
	// foreign is the first file that names what would be fetched.
	foreign error
}

// ReadFile reads a file.
func (a *asking) ReadFile(path string) ([]byte, error) {
	content, err := a.FileSystem.ReadFile(path)
	if err != nil || !Is(path) {
		return content, err
	}
	if k, err := parse(path, content); err == nil && k.Foreign != "" {
		a.foreign = cmp.Or(a.foreign, fmt.Errorf("%s needs %s, which is not fetched", path, k.Foreign))
		return nil, a.foreign
	}
	if filepath.Dir(path) != a.folder {
		return content, nil
	}
	written := map[string]any{}
	if err := yaml.Unmarshal(content, &written); err != nil {
		return content, nil // kustomize says what is wrong
	}
	wanted, _ := written["buildMetadata"].([]any)
	if slices.Contains(wanted, any(types.OriginAnnotations)) {
		return content, nil
	}
	written["buildMetadata"] = append(wanted, types.OriginAnnotations)
	return yaml.Marshal(written)
}
