// Issues and renews certificates.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/cert-manager/cert-manager/internal/apis/config/controller"
	defaults "github.com/cert-manager/cert-manager/internal/apis/config/controller/v1alpha1"
	"github.com/cert-manager/cert-manager/internal/apis/config/controller/validation"
	"github.com/cert-manager/cert-manager/ironkeel-lab/start"
	controllers "github.com/cert-manager/cert-manager/pkg/controller"
	controllerconfig "github.com/cert-manager/cert-manager/pkg/controller/configfile"
	"github.com/cert-manager/cert-manager/pkg/healthz"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/vault"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/venafi"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func main() {
	start.Main("ControllerConfiguration", run)
}

func run(ctx context.Context, file string) error {
	config, err := read(file)
	if err != nil {
		return err
	}
	if err := logs.ValidateAndApply(&config.Logging); err != nil {
		return err
	}
	options, err := contextOptions(config)
	if err != nil {
		return err
	}
	factory, err := controllers.NewContextFactory(ctx, options)
	if err != nil {
		return err
	}
	health := healthz.NewServer(config.LeaderElectionConfig.HealthzTimeout)
	group, ctx := errgroup.WithContext(ctx)
	if err := serve(ctx, group, config, factory, health); err != nil {
		return err
	}
	group.Go(func() error { return lead(ctx, config, factory, health) })
	return group.Wait()
}

func read(file string) (*controller.ControllerConfiguration, error) {
	read := controllerconfig.New()
	if err := start.Load(file, read); err != nil {
		return nil, err
	}
	return read.Config, validation.ValidateControllerConfiguration(read.Config, nil).ToAggregate()
}

// Health and metrics, which are there while another instance leads, too.
func serve(ctx context.Context, group *errgroup.Group, config *controller.ControllerConfiguration, factory *controllers.ContextFactory, health *healthz.Server) error {
	alive, err := net.Listen("tcp", config.HealthzListenAddress)
	if err != nil {
		return err
	}
	group.Go(func() error { return health.Start(ctx, alive) })
	root, err := factory.Build()
	if err != nil {
		return err
	}
	figures, err := net.Listen("tcp", config.MetricsListenAddress)
	if err != nil {
		return err
	}
	server := root.Metrics.NewServer(figures)
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	group.Go(func() error {
		if err := server.Serve(figures); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return nil
}

// The lock's name is upstream's: the role that is rendered gives access to no other.
func lead(ctx context.Context, config *controller.ControllerConfiguration, factory *controllers.ContextFactory, health *healthz.Server) error {
	election := config.LeaderElectionConfig
	if !election.Enabled {
		return control(ctx, config, factory)
	}
	own, err := factory.Build("leader-election")
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	lock, err := resourcelock.New(resourcelock.LeasesResourceLock, election.Namespace, "cert-manager-controller",
		own.Client.CoreV1(), own.Client.CoordinationV1(),
		resourcelock.ResourceLockConfig{Identity: host + "-lab", EventRecorder: own.Recorder})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var failed error
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            lock,
		LeaseDuration:   election.LeaseDuration,
		RenewDeadline:   election.RenewDeadline,
		RetryPeriod:     election.RetryPeriod,
		ReleaseOnCancel: true,
		WatchDog:        health.LeaderHealthzAdaptor,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(leading context.Context) {
				failed = control(leading, config, factory)
				cancel()
			},
			OnStoppedLeading: func() {},
		},
	})
	if err != nil {
		return err
	}
	elector.Run(ctx)
	if failed == nil {
		failed = errors.New("no longer the leader")
	}
	return failed
}

func control(ctx context.Context, config *controller.ControllerConfiguration, factory *controllers.ContextFactory) error {
	group, ctx := errgroup.WithContext(ctx)
	wanted := enabled(config.Controllers)
	for name, construct := range controllers.Known() {
		if !slices.Contains(wanted, name) {
			continue
		}
		each, err := construct(factory)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		group.Go(func() error { return each.Run(config.NumberOfConcurrentWorkers, ctx) })
	}
	root, err := factory.Build()
	if err != nil {
		return err
	}
	// After the controllers have said what they want to watch.
	root.SharedInformerFactory.Start(ctx.Done())
	root.KubeSharedInformerFactory.Start(ctx.Done())
	root.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	return group.Wait()
}

// `*` are those that upstream enables unless told; a dash before a name takes it away.
func enabled(given []string) []string {
	var names []string
	for _, name := range given {
		switch {
		case name == "*":
			names = append(names, defaults.DefaultEnabledControllers...)
		case strings.HasPrefix(name, "-"):
			names = slices.DeleteFunc(names, func(each string) bool { return each == name[1:] })
		default:
			names = append(names, name)
		}
	}
	return names
}
