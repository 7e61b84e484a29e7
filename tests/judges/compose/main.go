// compose does what `docker compose` does, many times in one process: a call in a line of JSON on
// standard input, its outcome in a line on standard output.
//
// `compose schema` prints the schema of the specification.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/docker/cli/cli/command"
	commands "github.com/docker/compose/v5/cmd/compose"
	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
)

// Call is one command line and where it is given.
type Call struct {
	Folder      string            `json:"folder"`
	Args        []string          `json:"args"`
	Environment map[string]string `json:"environment"`
}

// Outcome is what came of a call.
type Outcome struct {
	Code   int    `json:"code"`
	Stdout string `json:"stdout"`
	Stderr string `json:"stderr"`
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "schema" {
		fmt.Print(schema.Schema)
		return
	}
	calls, outcomes := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var call Call
		if err := calls.Decode(&call); err != nil {
			return
		}
		if err := outcomes.Encode(do(call)); err != nil {
			return
		}
	}
}

func do(call Call) (outcome Outcome) {
	var stderr bytes.Buffer
	fail := func(code int, what any) {
		fmt.Fprintln(&stderr, what)
		outcome.Code = code
	}
	logrus.SetOutput(&stderr)
	// Some of the output does not go through the streams of the command.
	stdout := os.Stdout
	reader, writer, err := os.Pipe()
	if err != nil {
		fail(3, err)
		return
	}
	os.Stdout = writer
	text := make(chan string)
	go func() {
		all, _ := io.ReadAll(reader)
		text <- string(all)
	}()
	defer func() {
		if what := recover(); what != nil {
			fail(2, fmt.Sprintf("panic: %v\n%s", what, debug.Stack()))
		}
		os.Stdout = stdout
		writer.Close()
		outcome.Stdout = <-text
		reader.Close()
		outcome.Stderr = stderr.String()
	}()
	os.Clearenv()
	for name, value := range call.Environment {
		os.Setenv(name, value)
	}
	if err := os.Chdir(call.Folder); err != nil {
		fail(3, err)
		return
	}
	nothing := io.NopCloser(bytes.NewReader(nil))
	cli, err := command.NewDockerCli(command.WithInputStream(nothing),
		command.WithOutputStream(writer), command.WithErrorStream(&stderr))
	if err != nil {
		fail(3, err)
		return
	}
	docker := &cobra.Command{Use: "docker", TraverseChildren: true, SilenceErrors: true, SilenceUsage: true}
	docker.AddCommand(commands.RootCommand(cli, &commands.BackendOptions{}))
	docker.SetArgs(append([]string{"compose"}, call.Args...))
	docker.SetOut(writer)
	docker.SetErr(&stderr)
	if err := docker.ExecuteContext(context.Background()); err != nil {
		fail(1, err)
	}
	return
}
