/** Opens the topology as an editor panel beside the text. */
import type { Services } from '../services';

export function openTopologyToSide({ panel, panelEditors }: Services): void {
  panelEditors.show();
  panel.showTopology();
}
