/** The one table of commands; `package.json` is generated from it. */

export interface CommandRow {
  readonly id: string;
  /** Without the category. */
  readonly title: string;
  /** A codicon, where the command stands in a title bar. */
  readonly icon?: string;
  /** When it is offered in the palette. */
  readonly when?: string;
  /** Menus beside the palette: menu id to `when` and group. */
  readonly menus?: Readonly<Record<string, { readonly when: string; readonly group?: string }>>;
}

export const manifestLanguages = ['yaml', 'json', 'jsonc', 'helm'] as const;
const inManifest = 'editorLangId =~ /^(yaml|json|jsonc|helm)$/ && packetpath.ready';

export const commandRows = [
  {
    id: 'packetpath.traceFromHere',
    title: 'Trace from Here',
    when: inManifest,
    menus: { 'editor/context': { when: `${inManifest} && packetpath.isManifest`, group: '1_packetpath@1' } },
  },
  {
    id: 'packetpath.traceToHere',
    title: 'Trace to Here',
    when: inManifest,
    menus: { 'editor/context': { when: `${inManifest} && packetpath.isManifest`, group: '1_packetpath@2' } },
  },
  { id: 'packetpath.openTopology', title: 'Show Topology', when: 'packetpath.ready' },
  {
    id: 'packetpath.openTopologyToSide',
    title: 'Open Topology to the Side',
    icon: '$(type-hierarchy)',
    when: 'packetpath.ready',
    menus: { 'editor/title': { when: `${inManifest} && packetpath.isManifest`, group: 'navigation' } },
  },
  { id: 'packetpath.showConnectivity', title: 'Show Connectivity of the Context', when: 'packetpath.ready' },
  { id: 'packetpath.showChanges', title: 'Show Connections Opened and Closed since HEAD', when: 'packetpath.ready' },
  { id: 'packetpath.showContext', title: 'Show Context of This File', when: inManifest },
  { id: 'packetpath.restartServer', title: 'Restart Language Server' },
  { id: 'packetpath.showLog', title: 'Show Log' },
] as const satisfies readonly CommandRow[];

export type CommandId = (typeof commandRows)[number]['id'];

/** Argument of `packetpath.traceFromHere` when a code action runs it; without one the cursor decides. */
export interface TraceFromHereArgument {
  readonly context: string;
  readonly endpoint: string;
  readonly label: string;
}
