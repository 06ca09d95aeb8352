// Preload (node -r): a server that names no host listens on 127.0.0.1 instead of on every interface.
const net = require("node:net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  if (/^\d+$/.test(String(args[0]))) {
    const heard = args.filter((one) => typeof one === "function");
    return listen.call(this, { port: Number(args[0]), host: "127.0.0.1" }, ...heard);
  }
  return listen.apply(this, args);
};
