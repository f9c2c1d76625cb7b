import http, { type RequestListener, type Server } from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";

/** Servers of one test file; `close` ends them all. */
export interface Servers {
  /** The URL of a plain server, or of one with TLS. */
  listen(handler: RequestListener, tls?: https.ServerOptions): Promise<string>;
  /** The URL of a proxy, and what it was asked, `CONNECT host:port` or the method and absolute URL. */
  proxy(
    tls?: https.ServerOptions,
  ): Promise<{ url: string; asked: string[]; authorizations: string[]; sockets(): number }>;
  /** The URL of a server that answers by hand. */
  raw(handler: (socket: net.Socket) => void): Promise<string>;
  close(): void;
}

/** An empty set of servers on 127.0.0.1. */
export function createServers(): Servers {
  const servers: net.Server[] = [];
  const sockets = new Set<net.Socket>();
  const start = async (server: net.Server, scheme: string): Promise<string> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const create = (handler: RequestListener, tls?: https.ServerOptions): Server =>
    tls ? https.createServer(tls, handler) : http.createServer(handler);
  return {
    listen: (handler, tls) => start(create(handler, tls), tls ? "https" : "http"),
    async proxy(tls) {
      const asked: string[] = [];
      const authorizations: string[] = [];
      let sockets = 0;
      const note = ({ method, url, headers }: http.IncomingMessage): void => {
        asked.push(`${method} ${url}`);
        authorizations.push(headers["proxy-authorization"] ?? "");
      };
      const server = create((request, response) => {
        note(request);
        const { method = "GET", headers } = request;
        const onward = http.request(request.url ?? "", { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        });
        request.pipe(onward);
      }, tls);
      server.on(tls ? "secureConnection" : "connection", () => sockets++);
      server.on("connect", (request, socket) => {
        note(request);
        const [host = "", port = ""] = (request.url ?? "").split(":");
        const target = net.connect(Number(port), host, () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          target.pipe(socket).pipe(target);
        });
        target.on("error", () => socket.destroy());
        socket.on("error", () => target.destroy());
      });
      return { url: await start(server, tls ? "https" : "http"), asked, authorizations, sockets: () => sockets };
    },
    async raw(handler) {
      const server = net.createServer((socket) => {
        sockets.add(socket.once("close", () => sockets.delete(socket)).on("error", () => {}));
        handler(socket);
      });
      return start(server, "http");
    },
    close() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers.splice(0)) {
        if (server instanceof http.Server) server.closeAllConnections();
        if (server instanceof https.Server) server.closeAllConnections();
        server.close();
      }
    },
  };
}
