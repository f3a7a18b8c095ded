// Echo answers every HTTP request with what it saw of it, however long its body takes, and every UDP datagram with whom
// it came from; a WebSocket gets back what it sends. For tests of what reaches a pod, and from where.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
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
	Bytes    int64               `json:"bytes"`
	Sha256   string              `json:"sha256"`
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
		if request.Header.Get("Upgrade") == "websocket" {
			echoStream(response)
			return
		}
		hash := sha256.New()
		bytes, err := io.Copy(hash, request.Body)
		if err != nil {
			http.Error(response, err.Error(), http.StatusBadRequest)
			return
		}
		response.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(response).Encode(Answer{
			Hostname: hostname,
			Method:   request.Method,
			Host:     request.Host,
			Path:     request.URL.RequestURI(),
			Remote:   request.RemoteAddr,
			Headers:  request.Header,
			Bytes:    bytes,
			Sha256:   hex.EncodeToString(hash.Sum(nil)),
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

// echoStream sends back what comes: a WebSocket as far as a proxy sees it, which looks into no frame.
func echoStream(response http.ResponseWriter) {
	connection, stream, err := http.NewResponseController(response).Hijack()
	if err != nil {
		log.Print(err)
		return
	}
	defer connection.Close()
	_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	_, _ = io.Copy(connection, stream)
}
