// Renders charts with Helm's own library in one process and says how long loading and rendering took each time.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"os"
	"time"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/loader"
	rspb "helm.sh/helm/v4/pkg/release/v1"
)

type question struct {
	Dir     string `json:"dir"`
	Repeats int    `json:"repeats"`
}

type answer struct {
	LoadMs []float64 `json:"loadMs"`
	RunMs  []float64 `json:"runMs"`
	Bytes  int       `json:"bytes"`
	Error  string    `json:"error"`
}

func sinceMs(start time.Time) float64 {
	return float64(time.Since(start).Microseconds()) / 1000
}

func render(dir string, told *answer) error {
	start := time.Now()
	chart, err := loader.Load(dir)
	if err != nil {
		return err
	}
	told.LoadMs = append(told.LoadMs, sinceMs(start))
	start = time.Now()
	install := action.NewInstall(action.NewConfiguration())
	install.DryRunStrategy = action.DryRunClient
	install.ReleaseName = "demo"
	install.Namespace = "apps"
	install.Replace = true
	version, err := common.ParseKubeVersion("1.34.0")
	if err != nil {
		return err
	}
	install.KubeVersion = version
	released, err := install.Run(chart, map[string]any{})
	if err != nil {
		return err
	}
	told.RunMs = append(told.RunMs, sinceMs(start))
	told.Bytes = len(released.(*rspb.Release).Manifest)
	return nil
}

func main() {
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		var told answer
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			told.Error = err.Error()
		}
		for i := 0; i < asked.Repeats && told.Error == ""; i++ {
			if err := render(asked.Dir, &told); err != nil {
				told.Error = err.Error()
			}
		}
		_ = out.Encode(told)
	}
}
