// Tells the API server which authority the webhook's certificate is from.
package main

import (
	"context"

	"github.com/cert-manager/cert-manager/internal/apis/config/cainjector"
	"github.com/cert-manager/cert-manager/internal/apis/config/cainjector/validation"
	"github.com/cert-manager/cert-manager/ironkeel-lab/start"
	injectorconfig "github.com/cert-manager/cert-manager/pkg/cainjector/configfile"
	cmscheme "github.com/cert-manager/cert-manager/pkg/client/clientset/versioned/scheme"
	injectors "github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util"
	corev1 "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

func main() {
	start.Main("CAInjectorConfiguration", run)
}

func run(ctx context.Context, file string) error {
	config, err := read(file)
	if err != nil {
		return err
	}
	if err := logs.ValidateAndApply(&config.Logging); err != nil {
		return err
	}
	ctrl.SetLogger(logs.FromContext(ctx, "cainjector"))
	manager, err := newManager(config)
	if err != nil {
		return err
	}
	injectable := config.EnableInjectableConfig
	err = injectors.RegisterAllInjectors(ctx, manager, injectors.SetupOptions{
		Namespace:                    config.Namespace,
		IgnoreNamespaces:             config.IgnoreNamespaces,
		EnableCertificatesDataSource: config.EnableDataSourceConfig.Certificates,
		EnabledReconcilersFor: map[string]bool{
			injectors.MutatingWebhookConfigurationName:   injectable.MutatingWebhookConfigurations,
			injectors.ValidatingWebhookConfigurationName: injectable.ValidatingWebhookConfigurations,
			injectors.APIServiceName:                     injectable.APIServices,
			injectors.CustomResourceDefinitionName:       injectable.CustomResourceDefinitions,
		},
	})
	if err != nil {
		return err
	}
	return manager.Start(ctx)
}

func read(file string) (*cainjector.CAInjectorConfiguration, error) {
	read := injectorconfig.New()
	if err := start.Load(file, read); err != nil {
		return nil, err
	}
	return read.Config, validation.ValidateCAInjectorConfiguration(read.Config, nil).ToAggregate()
}

// The lock's name is upstream's: the role that is rendered gives access to no other.
func newManager(config *cainjector.CAInjectorConfiguration) (ctrl.Manager, error) {
	kinds := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		scheme.AddToScheme, cmscheme.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme,
	} {
		if err := add(kinds); err != nil {
			return nil, err
		}
	}
	options := ctrl.Options{
		Scheme: kinds,
		Cache:  cache.Options{ReaderFailOnMissingInformer: true},
		// Only their metadata is watched; one that is needed is read by itself.
		Client:                        client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
		Metrics:                       metrics.Options{BindAddress: config.MetricsListenAddress},
		LeaderElection:                config.LeaderElectionConfig.Enabled,
		LeaderElectionID:              "cert-manager-cainjector-leader-election",
		LeaderElectionNamespace:       config.LeaderElectionConfig.Namespace,
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &config.LeaderElectionConfig.LeaseDuration,
		RenewDeadline:                 &config.LeaderElectionConfig.RenewDeadline,
		RetryPeriod:                   &config.LeaderElectionConfig.RetryPeriod,
	}
	if config.Namespace != "" {
		options.Cache.DefaultNamespaces = map[string]cache.Config{config.Namespace: {}}
	}
	kubernetes, err := ctrl.GetConfig()
	if err != nil {
		return nil, err
	}
	return ctrl.NewManager(util.RestConfigWithUserAgent(kubernetes, "cainjector"), options)
}
