// Package start is what the command lines share: one flag, the name of a configuration file, and an end by signal.
package start

import (
	"context"
	"flag"
	"log"
	"os/signal"
	"syscall"

	"github.com/cert-manager/cert-manager/pkg/util/configfile"
)

// Main runs a program with the file that --config names, until it ends or is told to. A failure ends it with status 1.
func Main(kind string, run func(ctx context.Context, file string) error) {
	file := flag.String("config", "", "a "+kind)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, *file); err != nil {
		log.Fatal(err)
	}
}

// Load reads a file into a configuration, with the defaults for what the file does not say.
func Load(file string, into configfile.ConfigFile) error {
	loader, err := configfile.NewConfigurationFSLoader(nil, file)
	if err != nil {
		return err
	}
	return loader.Load(into)
}
