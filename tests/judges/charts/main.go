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

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader"
	"helm.sh/helm/v4/pkg/cli"
	"helm.sh/helm/v4/pkg/cli/values"
	"helm.sh/helm/v4/pkg/getter"
	release "helm.sh/helm/v4/pkg/release/v1"
	"sigs.k8s.io/yaml"
)

// Job is what to do with one chart.
type Job struct {
	Chart   string   `json:"chart"`
	Release string   `json:"release"`
	Renders []Render `json:"renders"`
	// Mistakes are values that the schema should refuse.
	Mistakes []json.RawMessage `json:"mistakes"`
	// Package is a folder for the package; none is made without it.
	Package string `json:"package"`
}

// Render is one set of values.
type Render struct {
	Namespace string          `json:"namespace"`
	Files     []string        `json:"files"`
	Values    json.RawMessage `json:"values"`
	Lint      bool            `json:"lint"`
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
	// Accepted says of each mistake whether the schema accepts it.
	Accepted []bool `json:"accepted"`
	Package  string `json:"package"`
	Error    string `json:"error"`
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
	answer := Answer{Renders: []Rendered{}, Accepted: []bool{}}
	rules, err := rulesOf(job.Chart)
	if err != nil {
		answer.Error = err.Error()
		return answer
	}
	for _, render := range job.Renders {
		answer.Renders = append(answer.Renders, one(job, rules, render))
	}
	for _, mistake := range job.Mistakes {
		vals, err := merged(Render{Values: mistake})
		if err != nil {
			answer.Error = err.Error()
			return answer
		}
		answer.Accepted = append(answer.Accepted, rules.refuse(vals) == nil)
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

func one(job Job, rules *rules, render Render) Rendered {
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
		rendered.Lint = lint(job, render.Namespace, own)
	}
	if err := rules.refuse(vals); err != nil {
		rendered.Error = "the schema: " + err.Error()
		return rendered
	}
	result, err := install(job, render.Namespace, vals)
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

func install(job Job, namespace string, vals map[string]any) (*release.Release, error) {
	chart, err := loader.Load(job.Chart)
	if err != nil {
		return nil, err
	}
	install := action.NewInstall(action.NewConfiguration())
	install.DryRunStrategy = action.DryRunClient
	install.Replace = true
	install.SkipSchemaValidation = true
	install.ReleaseName = job.Release
	install.Namespace = namespace
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

// rules are a chart and its schema. Helm compiles the schema again for every render, which is most
// of its work; here helm's values are put before one that was compiled once, by helm's library.
type rules struct {
	chart  chart.Charter
	schema *jsonschema.Schema
}

func rulesOf(path string) (*rules, error) {
	loaded, err := loader.Load(path)
	if err != nil {
		return nil, err
	}
	accessor, err := chart.NewAccessor(loaded)
	if err != nil {
		return nil, err
	}
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(accessor.Schema()))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("values.schema.json", text); err != nil {
		return nil, err
	}
	schema, err := compiler.Compile("values.schema.json")
	if err != nil {
		return nil, err
	}
	return &rules{loaded, schema}, nil
}

// refuse is what the schema says against these values over those of the chart.
func (rules *rules) refuse(vals map[string]any) error {
	all, err := util.CoalesceValues(rules.chart, vals)
	if err != nil {
		return err
	}
	return rules.schema.Validate(all.AsMap())
}

func lint(job Job, namespace string, vals map[string]any) []string {
	lint := action.NewLint()
	lint.Strict = true
	lint.Namespace = namespace
	result := lint.Run([]string{job.Chart}, vals)
	lines := []string{}
	for _, err := range result.Errors {
		lines = append(lines, err.Error())
	}
	return lines
}
