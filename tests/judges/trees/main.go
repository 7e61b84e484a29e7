// trees builds Kustomize trees, many in one process: each line of standard input is the path of a
// folder, each line of standard output a JSON object with its objects, or why it does not build.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Built is what came of a tree.
type Built struct {
	Error   string           `json:"error"`
	Objects []map[string]any `json:"objects"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		if err := encoder.Encode(build(lines.Text())); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return lines.Err()
}

// build does what `kustomize build FOLDER` does with its default options.
func build(folder string) Built {
	kustomizer := krusty.MakeKustomizer(krusty.MakeDefaultOptions())
	resources, err := kustomizer.Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return Built{Error: err.Error()}
	}
	built := Built{Objects: []map[string]any{}}
	for _, resource := range resources.Resources() {
		object, err := resource.Map()
		if err != nil {
			return Built{Error: err.Error()}
		}
		built.Objects = append(built.Objects, object)
	}
	return built
}
