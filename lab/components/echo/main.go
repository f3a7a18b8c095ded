// Echo answers every HTTP request with what it saw of it, and every UDP datagram with whom it came from: for tests of
// what reaches a pod, and from where.
package main

import (
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"
)

// Answer is what a request gets, as JSON.
type Answer struct {
	Hostname string              `json:"hostname"`
	Method   string              `json:"method"`
	Host     string              `json:"host"`
	Path     string              `json:"path"`
	Remote   string              `json:"remote"`
	Headers  map[string][]string `json:"headers"`
}

func main() {
	hostname, err := os.Hostname()
	if err != nil {
		log.Fatal(err)
	}
	address := ":8080"
	if port := os.Getenv("PORT"); port != "" {
		address = ":" + port
	}
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(response).Encode(Answer{
			Hostname: hostname,
			Method:   request.Method,
			Host:     request.Host,
			Path:     request.URL.RequestURI(),
			Remote:   request.RemoteAddr,
			Headers:  request.Header,
		})
	})
	go answerDatagrams(address)
	log.Fatal(http.ListenAndServe(address, nil))
}

// answerDatagrams says who sent a datagram to whoever sent it, on the port that HTTP has by TCP.
func answerDatagrams(address string) {
	connection, err := net.ListenPacket("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	datagram := make([]byte, 2048)
	for {
		_, from, err := connection.ReadFrom(datagram)
		if err != nil {
			log.Fatal(err)
		}
		_, _ = connection.WriteTo([]byte(from.String()), from)
	}
}
