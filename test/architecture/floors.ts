/** The floors of the architecture: for each folder of `server/src`, and for client and webview, what it may import. The one place where this is written. */

export interface Floor {
  /** Folder, from the root of the repository. */
  readonly folder: string;
  /** Other folders of `server/src` that it may import beside itself. */
  readonly folders: readonly string[];
  /** npm packages and Node modules that it may import, and in which files where not everywhere. */
  readonly packages: readonly AllowedPackage[];
  /** Files of the root that are no source. */
  readonly rootFiles?: readonly string[];
}

export interface AllowedPackage {
  /** The package's name; its subpaths are meant as well. `node:*` is every module of Node. */
  readonly name: string;
  /** The only file, from the root, that may import it. */
  readonly onlyIn?: string;
}

const everyFloor = ['base', 'protocol'];
const decoded = ['syntax', 'model', 'decode'];
const resolved = ['model', 'cluster'];
const belowWorkspace = [...decoded, 'contexts', 'cluster', 'rules', 'simulation', 'connectivity', 'topology'];

export const floors: readonly Floor[] = [
  { folder: 'server/src/protocol', folders: [], packages: [] },
  { folder: 'server/src/base', folders: ['protocol'], packages: [{ name: 'ipaddr.js', onlyIn: 'server/src/base/addresses.ts' }] },
  { folder: 'server/src/syntax', folders: everyFloor, packages: [{ name: 'yaml', onlyIn: 'server/src/syntax/yamlLibrary.ts' }] },
  { folder: 'server/src/model', folders: everyFloor, packages: [] },
  { folder: 'server/src/decode', folders: [...everyFloor, 'syntax', 'model'], packages: [] },
  { folder: 'server/src/contexts', folders: [...everyFloor, ...decoded], packages: [] },
  { folder: 'server/src/cluster', folders: [...everyFloor, 'model'], packages: [] },
  { folder: 'server/src/rules', folders: [...everyFloor, ...resolved], packages: [] },
  { folder: 'server/src/simulation', folders: [...everyFloor, ...resolved], packages: [] },
  { folder: 'server/src/connectivity', folders: [...everyFloor, ...resolved], packages: [] },
  { folder: 'server/src/topology', folders: [...everyFloor, ...resolved], packages: [] },
  { folder: 'server/src/workspace', folders: [...everyFloor, ...belowWorkspace], packages: [] },
  { folder: 'server/src/features', folders: [...everyFloor, ...belowWorkspace, 'workspace', 'report'], packages: [{ name: 'vscode-languageserver-types' }] },
  { folder: 'server/src/report', folders: [...everyFloor, ...belowWorkspace, 'workspace'], packages: [] },
  {
    folder: 'server/src/main',
    folders: [...everyFloor, ...belowWorkspace, 'workspace', 'features', 'report'],
    packages: [{ name: 'node:*' }, { name: 'vscode-languageserver' }, { name: 'vscode-languageserver-types' }, { name: 'vscode-languageserver-textdocument' }],
    rootFiles: ['package.json'],
  },
  { folder: 'client/src', folders: ['protocol'], packages: [{ name: 'node:*' }, { name: 'vscode' }, { name: 'vscode-languageclient' }] },
  { folder: 'webview/src', folders: ['protocol'], packages: [{ name: '@vscode/webview-ui-toolkit', onlyIn: 'webview/src/toolkit.ts' }] },
];

/** Folders that a floor names and that come with a later part of the product. */
export const plannedFolders: ReadonlySet<string> = new Set();
