"""The machine's end of `ironkeel lab exec`: runs commands as root, one at a time on each port of the virtio console.

Lines of text in both directions, `KIND SESSION BASE64`, so that whoever is cut off in the middle is understood again
at the next line:
    to the machine:   H hello, C command (a JSON list), I input, E end of input
    from the machine: H hello, O output, R error output, X exit code
"""
import base64
import glob
import json
import os
import select
import signal
import subprocess
import threading
import time

ENVIRONMENT = {
    "HOME": "/root",
    "PATH": "/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
}


class Port:
    def __init__(self, path):
        self.descriptor = os.open(path, os.O_RDWR)
        self.lock = threading.Lock()
        self.process = None
        self.rest = b""

    def read(self):
        *lines, self.rest = (self.rest + os.read(self.descriptor, 65536)).split(b"\n")
        for line in lines:
            parts = line.decode("ascii", "replace").split(" ")
            if len(parts) == 3:
                self.take(*parts)

    def hang_up(self):
        self.rest = b""
        self.stop()

    def take(self, kind, session, content):
        if kind == "H":
            self.send("H", session)
        elif kind == "C":
            self.stop()
            self.run(session, json.loads(base64.b64decode(content)))
        elif self.process and kind in "IE":
            try:
                if kind == "I":
                    self.process.stdin.write(base64.b64decode(content))
                    self.process.stdin.flush()
                else:
                    self.process.stdin.close()
            except (OSError, ValueError):
                pass  # it no longer reads

    def run(self, session, command):
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=pipe, cwd="/root", env=ENVIRONMENT, start_new_session=True
            )
        except OSError as error:
            self.send("R", session, f"{command[0]}: {error.strerror}\n".encode())
            return self.send("X", session, b"127")
        self.process = process
        pumps = [
            threading.Thread(target=self.pump, args=(kind, session, stream), daemon=True)
            for kind, stream in (("O", process.stdout), ("R", process.stderr))
        ]
        for pump in pumps:
            pump.start()
        threading.Thread(target=self.finish, args=(session, process, pumps), daemon=True).start()

    def pump(self, kind, session, stream):
        while data := os.read(stream.fileno(), 32768):
            self.send(kind, session, data)

    def finish(self, session, process, pumps):
        code = process.wait()
        # What it left running may hold its output open.
        for pump in pumps:
            pump.join(timeout=5)
        self.send("X", session, str(code if code >= 0 else 128 - code).encode())

    def send(self, kind, session, content=b""):
        line = f"{kind} {session} {base64.b64encode(content).decode()}\n".encode()
        with self.lock:
            while line:
                line = line[os.write(self.descriptor, line) :]

    def stop(self):
        process, self.process = self.process, None
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def main():
    ports = {}
    poll = select.poll()
    for name in glob.glob("/sys/class/virtio-ports/*/name"):
        with open(name, encoding="ascii") as file:
            if file.read().startswith("lab.exec."):
                port = Port(f"/dev/{name.split('/')[-2]}")
                ports[port.descriptor] = port
                poll.register(port.descriptor, select.POLLIN)
    while True:
        busy = False
        for descriptor, event in poll.poll():
            if event & select.POLLIN:
                busy = True
                ports[descriptor].read()
            else:
                ports[descriptor].hang_up()
        # A port to which nobody is connected is reported at once, again and again.
        if not busy:
            time.sleep(0.3)


main()
