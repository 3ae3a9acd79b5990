// A server with a certificate that only a test's own authority has signed: TLS in front of a plain server.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";

export interface TlsServer {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** File with the authority's certificate. */
  readonly ca: string;
}

/** Puts TLS before the server at `url`, which it passes everything on to; it ends with the test. */
export async function withTls(url: string): Promise<TlsServer> {
  const directory = mkdtempSync(join(tmpdir(), "gateform-tls-"));
  const path = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void =>
    void execFileSync("openssl", args, { cwd: directory, stdio: "ignore" });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  writeFileSync(path("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl(
    "req",
    "-x509",
    ...curve,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=Test authority",
  );
  openssl("req", ...curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
  openssl(
    ..."x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 2 -extfile san -out server.pem".split(
      " ",
    ),
  );
  const sockets = new Set<TLSSocket>();
  const server = createServer(
    { key: readFileSync(path("server.key")), cert: readFileSync(path("server.pem")) },
    (socket) => {
      sockets.add(socket);
      const behind = connect(Number(new URL(url).port), "127.0.0.1");
      socket.on("error", () => behind.destroy());
      behind.on("error", () => socket.destroy());
      socket.pipe(behind).pipe(socket);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        rmSync(directory, { recursive: true, force: true });
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  // A server that listens on a port has an address of this kind.
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, ca: path("ca.pem") };
}
