// Validates cert-manager's objects for the API server.
package main

import (
	"context"
	"flag"
	"log"
	"os/signal"
	"syscall"

	"github.com/cert-manager/cert-manager/internal/apis/config/webhook/validation"
	"github.com/cert-manager/cert-manager/internal/webhook"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util/configfile"
	webhookconfig "github.com/cert-manager/cert-manager/pkg/webhook/configfile"
	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	file := flag.String("config", "", "a WebhookConfiguration")
	flag.Parse()
	if err := run(*file); err != nil {
		log.Fatal(err)
	}
}

func run(file string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	loader, err := configfile.NewConfigurationFSLoader(nil, file)
	if err != nil {
		return err
	}
	read := webhookconfig.New()
	if err := loader.Load(read); err != nil {
		return err
	}
	if err := validation.ValidateWebhookConfiguration(read.Config, nil).ToAggregate(); err != nil {
		return err
	}
	if err := logs.ValidateAndApply(&read.Config.Logging); err != nil {
		return err
	}
	ctrl.SetLogger(logs.FromContext(ctx, "webhook"))
	server, err := webhook.NewCertManagerWebhookServer(logs.FromContext(ctx, "webhook"), *read.Config)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}
