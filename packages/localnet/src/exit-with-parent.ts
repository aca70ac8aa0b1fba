// Preloaded into every process of the localnet: when the process that started it is gone, however it went, it stops too.
process.on("disconnect", () => {
  process.kill(process.pid, "SIGTERM");
});
// Listening must not keep a program alive that has nothing else left to do.
process.channel?.unref();
