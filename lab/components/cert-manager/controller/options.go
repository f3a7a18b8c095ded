package main

import (
	"errors"

	"github.com/cert-manager/cert-manager/internal/apis/config/controller"
	controllers "github.com/cert-manager/cert-manager/pkg/controller"
	"github.com/cert-manager/cert-manager/pkg/issuer/acme/dns/util"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/sets"
)

// The file's fields in the form that the controllers take.
func contextOptions(config *controller.ControllerConfiguration) (controllers.ContextOptions, error) {
	solvers, err := acmeOptions(config)
	shim := config.IngressShimConfig
	return controllers.ContextOptions{
		APIServerHost:      config.APIServerHost,
		Kubeconfig:         config.KubeConfig,
		KubernetesAPIQPS:   config.KubernetesAPIQPS,
		KubernetesAPIBurst: config.KubernetesAPIBurst,
		Namespace:          config.Namespace,
		ACMEOptions:        solvers,
		IssuerOptions: controllers.IssuerOptions{
			ClusterResourceNamespace:        config.ClusterResourceNamespace,
			ClusterIssuerAmbientCredentials: config.ClusterIssuerAmbientCredentials,
			IssuerAmbientCredentials:        config.IssuerAmbientCredentials,
		},
		IngressShimOptions: controllers.IngressShimOptions{
			DefaultIssuerName:                 shim.DefaultIssuerName,
			DefaultIssuerKind:                 shim.DefaultIssuerKind,
			DefaultIssuerGroup:                shim.DefaultIssuerGroup,
			DefaultAutoCertificateAnnotations: shim.DefaultAutoCertificateAnnotations,
			ExtraCertificateAnnotations:       shim.ExtraCertificateAnnotations,
			GatewayAPIExtraProtocols:          sets.New(config.GatewayAPIConfig.ExtraProtocols...),
		},
		CertificateOptions: controllers.CertificateOptions{
			EnableOwnerRef:                           config.EnableCertificateOwnerRef,
			CopiedAnnotationPrefixes:                 config.CopiedAnnotationPrefixes,
			CertificateRequestMinimumBackoffDuration: config.CertificateRequestMinimumBackoffDuration,
			CertificateRequestMaximumBackoffDuration: config.CertificateRequestMaximumBackoffDuration,
		},
		SchedulerOptions: controllers.SchedulerOptions{MaxConcurrentChallenges: config.MaxConcurrentChallenges},
		ConfigOptions: controllers.ConfigOptions{
			EnableGatewayAPI:            config.GatewayAPIConfig.Enabled,
			EnableGatewayAPIListenerSet: config.GatewayAPIConfig.EnableListenerSet,
		},
	}, err
}

func acmeOptions(config *controller.ControllerConfiguration) (controllers.ACMEOptions, error) {
	http01, dns01 := config.ACMEHTTP01Config, config.ACMEDNS01Config
	var problems []error
	quantity := func(text string) resource.Quantity {
		parsed, err := resource.ParseQuantity(text)
		problems = append(problems, err)
		return parsed
	}
	nameservers := dns01.RecursiveNameservers
	if len(nameservers) == 0 {
		nameservers = util.RecursiveNameservers
	}
	return controllers.ACMEOptions{
		HTTP01SolverImage:                 http01.SolverImage,
		HTTP01SolverResourceRequestCPU:    quantity(http01.SolverResourceRequestCPU),
		HTTP01SolverResourceRequestMemory: quantity(http01.SolverResourceRequestMemory),
		HTTP01SolverResourceLimitsCPU:     quantity(http01.SolverResourceLimitsCPU),
		HTTP01SolverResourceLimitsMemory:  quantity(http01.SolverResourceLimitsMemory),
		ACMEHTTP01SolverRunAsNonRoot:      http01.SolverRunAsNonRoot,
		HTTP01SolverRuntimeClassName:      http01.SolverRuntimeClassName,
		HTTP01SolverNameservers:           http01.SolverNameservers,
		HTTP01SolverExtraLabels:           http01.SolverExtraLabels,
		DNS01CheckAuthoritative:           !dns01.RecursiveNameserversOnly,
		DNS01Nameservers:                  nameservers,
		DNS01CheckRetryPeriod:             dns01.CheckRetryPeriod,
	}, errors.Join(problems...)
}
