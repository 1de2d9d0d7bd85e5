/** Stands in for the `code` of a desktop: takes what `@vscode/test-electron` passes, and runs the suite in the host. Its status is that of the suite. */
import { openChromium, startCodeServer } from './codeServer.mts';

const parameters = process.argv.slice(2);
const developmentPath = valueOf('--extensionDevelopmentPath');
const testsPath = valueOf('--extensionTestsPath');
const folder = parameters.find((parameter) => !parameter.startsWith('-'));
if (developmentPath === undefined || testsPath === undefined || folder === undefined)
  throw new Error('Wanted: FOLDER --extensionDevelopmentPath=… --extensionTestsPath=…');

let ended = false;
const verbose = process.env['PACKETPATH_VSCODE_VERBOSE'] === '1';
const server = await startCodeServer({ smokeTestDriver: true, log: verbose ? (text) => process.stderr.write(text) : () => undefined });
const browser = await openChromium();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => finish(1));

const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
// VS Code speaks of much that is none of the suite; it is shown when the suite fails.
const aside: unknown[][] = [];
await page.exposeFunction('codeAutomationLog', (type: string, values: readonly unknown[]) => {
  if (ended) return;
  if (verbose || (type !== 'error' && type !== 'warn')) console.log(...values);
  else aside.push([`[${type}]`, ...values]);
});
await page.exposeFunction('codeAutomationExit', (code: number) => {
  finish(code);
});
if (verbose) page.on('console', (message) => process.stderr.write(`page: ${message.text()}\n`));
await page.goto(
  server.address(folder, [
    ['extensionDevelopmentPath', server.remote(developmentPath)],
    ['extensionTestsPath', server.remote(testsPath)],
    ['skipWelcome', 'true'],
  ]),
);

function valueOf(name: string): string | undefined {
  return parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
}

function finish(code: number): void {
  if (ended) return;
  ended = true;
  if (code !== 0) for (const values of aside) console.log(...values);
  const end = (): void => {
    server.stop();
    process.exit(code);
  };
  // The browser first, so that its page does not try to connect again; one that does not close must not keep the run.
  setTimeout(end, 5000).unref();
  void browser.close().finally(end);
}
