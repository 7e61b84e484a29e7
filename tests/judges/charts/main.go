// charts does with a chart what helm's own commands do, many times in one process: it renders,
// lints and packages by helm's packages.
//
// The argument is a file with a job in JSON; the results go to standard output as JSON.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/loader"
	"helm.sh/helm/v4/pkg/cli"
	"helm.sh/helm/v4/pkg/cli/values"
	"helm.sh/helm/v4/pkg/getter"
	release "helm.sh/helm/v4/pkg/release/v1"
	"sigs.k8s.io/yaml"
)

// Job is what to do with one chart.
type Job struct {
	Chart     string   `json:"chart"`
	Release   string   `json:"release"`
	Namespace string   `json:"namespace"`
	Renders   []Render `json:"renders"`
	// Package is a folder for the package; none is made without it.
	Package string `json:"package"`
}

// Render is one set of values.
type Render struct {
	Files  []string        `json:"files"`
	Values json.RawMessage `json:"values"`
	Lint   bool            `json:"lint"`
}

// Rendered is what came of one set of values.
type Rendered struct {
	Error   string   `json:"error"`
	Objects []any    `json:"objects"`
	Notes   string   `json:"notes"`
	Lint    []string `json:"lint"`
}

// Answer is what came of a job.
type Answer struct {
	Renders []Rendered `json:"renders"`
	Package string     `json:"package"`
	Error   string     `json:"error"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: charts JOB.json")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var job Job
	if err := json.Unmarshal(text, &job); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(do(job))
}

func do(job Job) Answer {
	answer := Answer{Renders: []Rendered{}}
	for _, render := range job.Renders {
		answer.Renders = append(answer.Renders, one(job, render))
	}
	if job.Package != "" {
		pack := action.NewPackage()
		pack.Destination = job.Package
		path, err := pack.Run(job.Chart, nil)
		if err != nil {
			answer.Error = err.Error()
		}
		answer.Package = filepath.Base(path)
	}
	return answer
}

func one(job Job, render Render) Rendered {
	rendered := Rendered{Objects: []any{}, Lint: []string{}}
	vals, err := merged(render)
	if err != nil {
		rendered.Error = err.Error()
		return rendered
	}
	if render.Lint {
		// Linting takes nulls out of the values that it is given.
		own, err := merged(render)
		if err != nil {
			rendered.Error = err.Error()
			return rendered
		}
		rendered.Lint = lint(job, own)
	}
	result, err := install(job, vals)
	if err != nil {
		rendered.Error = err.Error()
		return rendered
	}
	rendered.Notes = result.Info.Notes
	manifests := []string{result.Manifest}
	for _, hook := range result.Hooks {
		manifests = append(manifests, hook.Manifest)
	}
	for _, manifest := range manifests {
		for _, text := range strings.Split("\n"+manifest, "\n---") {
			object, err := object(text)
			if err != nil {
				rendered.Error = err.Error()
			} else if object != nil {
				rendered.Objects = append(rendered.Objects, object)
			}
		}
	}
	return rendered
}

// object reads one document; keys that are there twice are errors, as for helm's server side apply.
func object(text string) (any, error) {
	// What is left of the line with `---`.
	_, text, _ = strings.Cut(text, "\n")
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	plain, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("%w in:\n%s", err, text)
	}
	var object any
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber()
	err = decoder.Decode(&object)
	return object, err
}

// merged is what helm makes of `-f` for each file, and of one more for the values.
func merged(render Render) (map[string]any, error) {
	options := values.Options{ValueFiles: render.Files}
	if len(render.Values) > 0 {
		file, err := os.CreateTemp("", "values-*.json")
		if err != nil {
			return nil, err
		}
		defer os.Remove(file.Name())
		defer file.Close()
		if _, err := file.Write(render.Values); err != nil {
			return nil, err
		}
		options.ValueFiles = append(append([]string{}, render.Files...), file.Name())
	}
	return options.MergeValues(getter.All(cli.New()))
}

func install(job Job, vals map[string]any) (*release.Release, error) {
	chart, err := loader.Load(job.Chart)
	if err != nil {
		return nil, err
	}
	install := action.NewInstall(action.NewConfiguration())
	install.DryRunStrategy = action.DryRunClient
	install.Replace = true
	install.ReleaseName = job.Release
	install.Namespace = job.Namespace
	install.APIVersions = common.VersionSet{}
	result, err := install.Run(chart, vals)
	if err != nil {
		return nil, err
	}
	made, ok := result.(*release.Release)
	if !ok {
		return nil, fmt.Errorf("a release of another kind: %T", result)
	}
	return made, nil
}

func lint(job Job, vals map[string]any) []string {
	lint := action.NewLint()
	lint.Strict = true
	lint.Namespace = job.Namespace
	result := lint.Run([]string{job.Chart}, vals)
	lines := []string{}
	for _, err := range result.Errors {
		lines = append(lines, err.Error())
	}
	return lines
}
