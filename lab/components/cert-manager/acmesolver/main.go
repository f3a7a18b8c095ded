// Answers the question of one HTTP-01 challenge, as long as it is asked.
package main

import (
	"flag"
	"log"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	"k8s.io/klog/v2"
)

func main() {
	answer := &solver.HTTP01Solver{}
	flag.IntVar(&answer.ListenPort, "listen-port", 8089, "port to listen on")
	flag.StringVar(&answer.Domain, "domain", "", "host that is asked for")
	flag.StringVar(&answer.Token, "token", "", "token of the challenge")
	flag.StringVar(&answer.Key, "key", "", "what to answer")
	flag.Parse()
	log.Fatal(answer.Listen(klog.Background()))
}
