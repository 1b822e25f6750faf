/** A real server for the tests: `python -m tests.clients.server`, from the repository's root. */

import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    url: string;
    key: string;
  }
}

let server: ChildProcess | undefined;

export async function setup(project: TestProject): Promise<void> {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  server = spawn(process.env["ASSENT_PYTHON"] ?? "python3", ["-m", "tests.clients.server"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve, reject) => {
    server?.stdout?.once("data", (told: Buffer) => resolve(told.toString()));
    server?.once("exit", (code) => reject(new Error(`The server ended with ${code}.`)));
  });
  const { url, key } = JSON.parse(line) as { url: string; key: string };
  project.provide("url", url);
  project.provide("key", key);
}

export async function teardown(): Promise<void> {
  const ended = new Promise((resolve) => server?.once("exit", resolve));
  server?.kill("SIGTERM");
  await ended;
}
