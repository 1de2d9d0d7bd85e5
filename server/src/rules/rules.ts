/** The list of rules, in the order of their families. One line a rule; nothing registers itself. */
import type { Rule } from './rule';
import { clusterIpOutsideRange } from './cidr/cluster-ip-outside-range';
import { duplicateClusterIp } from './cidr/duplicate-cluster-ip';
import { exceptCoversAll } from './cidr/except-covers-all';
import { exceptEqualsCidr } from './cidr/except-equals-cidr';
import { exceptOutside } from './cidr/except-outside';
import { exceptReallowed } from './cidr/except-reallowed';
import { hostBitsSet } from './cidr/host-bits-set';
import { invalidSyntax } from './cidr/invalid-syntax';
import { nodePodcidrOutsideCluster } from './cidr/node-podcidr-outside-cluster';
import { nodePodcidrOverlap } from './cidr/node-podcidr-overlap';
import { peerShadowed } from './cidr/peer-shadowed';
import { podVsNodeOverlap } from './cidr/pod-vs-node-overlap';
import { podVsServiceOverlap } from './cidr/pod-vs-service-overlap';
import { ruleShadowed } from './cidr/rule-shadowed';
import { containerPortCollision } from './port/container-port-collision';
import { duplicateInContainer } from './port/duplicate-in-container';
import { hostNetworkPortMismatch } from './port/host-network-port-mismatch';
import { hostPortCollisionAcrossPods } from './port/host-port-collision-across-pods';
import { hostPortCollisionInPod } from './port/host-port-collision-in-pod';
import { nameDuplicateContainer } from './port/name-duplicate-container';
import { nameDuplicatePod } from './port/name-duplicate-pod';
import { nameInvalid } from './port/name-invalid';
import { nodePortCollision } from './port/node-port-collision';
import { nodePortRange } from './port/node-port-range';
import { outOfRange } from './port/out-of-range';
import { probeNamedPortMissing } from './port/probe-named-port-missing';
import { quotedNumber } from './port/quoted-number';
import { serviceNameRequired } from './port/service-name-required';
import { targetPortNameMissing } from './port/target-port-name-missing';
import { contradiction } from './selector/contradiction';
import { matchLabelsWrongShape } from './selector/match-labels-wrong-shape';
import { policyPeerNothing } from './selector/policy-peer-nothing';
import { policySelectsNothing } from './selector/policy-selects-nothing';
import { serviceMatchesNothing } from './selector/service-matches-nothing';
import { serviceOtherNamespace } from './selector/service-other-namespace';
import { workloadTemplateMismatch } from './selector/workload-template-mismatch';
import { configmapMissing } from './env/configmap-missing';
import { dnsPortMismatch } from './env/dns-port-mismatch';
import { duplicateName } from './env/duplicate-name';
import { forwardReference } from './env/forward-reference';
import { referenceCycle } from './env/reference-cycle';
import { serviceAfterConsumer } from './env/service-after-consumer';
import { serviceLinksDisabled } from './env/service-links-disabled';
import { serviceVarHeadless } from './env/service-var-headless';
import { serviceVarOtherNamespace } from './env/service-var-other-namespace';
import { unclosedReference } from './env/unclosed-reference';
import { undefinedReference } from './env/undefined-reference';
import { valueNotString } from './env/value-not-string';
import { configurationInvalid } from './schema/configuration-invalid';
import { duplicateKey } from './schema/duplicate-key';
import { suppressionUnused } from './schema/suppression-unused';
import { yamlParse } from './schema/yaml-parse';

export const rules: readonly Rule[] = [
  clusterIpOutsideRange,
  duplicateClusterIp,
  exceptCoversAll,
  exceptEqualsCidr,
  exceptOutside,
  exceptReallowed,
  hostBitsSet,
  invalidSyntax,
  nodePodcidrOutsideCluster,
  nodePodcidrOverlap,
  peerShadowed,
  podVsNodeOverlap,
  podVsServiceOverlap,
  ruleShadowed,
  containerPortCollision,
  duplicateInContainer,
  hostNetworkPortMismatch,
  hostPortCollisionAcrossPods,
  hostPortCollisionInPod,
  nameDuplicateContainer,
  nameDuplicatePod,
  nameInvalid,
  nodePortCollision,
  nodePortRange,
  outOfRange,
  probeNamedPortMissing,
  quotedNumber,
  serviceNameRequired,
  targetPortNameMissing,
  contradiction,
  matchLabelsWrongShape,
  policyPeerNothing,
  policySelectsNothing,
  serviceMatchesNothing,
  serviceOtherNamespace,
  workloadTemplateMismatch,
  configmapMissing,
  dnsPortMismatch,
  duplicateName,
  forwardReference,
  referenceCycle,
  serviceAfterConsumer,
  serviceLinksDisabled,
  serviceVarHeadless,
  serviceVarOtherNamespace,
  unclosedReference,
  undefinedReference,
  valueNotString,
  configurationInvalid,
  duplicateKey,
  suppressionUnused,
  yamlParse,
];
