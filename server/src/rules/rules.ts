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
import { ippoolOverlap } from './cidr/ippool-overlap';
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
import { protocolUnknown } from './port/protocol-unknown';
import { quotedNumber } from './port/quoted-number';
import { serviceDuplicateName } from './port/service-duplicate-name';
import { serviceDuplicatePort } from './port/service-duplicate-port';
import { serviceNameRequired } from './port/service-name-required';
import { serviceNoPorts } from './port/service-no-ports';
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
import { endpointslicePortMismatch } from './service/endpointslice-port-mismatch';
import { externalNameInvalid } from './service/external-name-invalid';
import { externalNameIp } from './service/external-name-ip';
import { externalNameMissing } from './service/external-name-missing';
import { externalTrafficPolicyMisplaced } from './service/external-traffic-policy-misplaced';
import { headlessPortRemap } from './service/headless-port-remap';
import { headlessWithType } from './service/headless-with-type';
import { serviceNameInvalid } from './service/name-invalid';
import { sessionAffinityInvalid } from './service/session-affinity-invalid';
import { statefulsetServiceNotHeadless } from './service/statefulset-service-not-headless';
import { statefulsetServiceSelector } from './service/statefulset-service-selector';
import { typeInvalid } from './service/type-invalid';
import { anpActionInvalid } from './policy/anp-action-invalid';
import { anpFromMissing } from './policy/anp-from-missing';
import { anpPortRange } from './policy/anp-port-range';
import { anpPriorityRange } from './policy/anp-priority-range';
import { banpName } from './policy/banp-name';
import { blocksKnownDependency } from './policy/blocks-known-dependency';
import { cnpDomainDeny } from './policy/cnp-domain-deny';
import { denyAllNameMismatch } from './policy/deny-all-name-mismatch';
import { dnsSelectorWrong } from './policy/dns-selector-wrong';
import { egressBlocksDns } from './policy/egress-blocks-dns';
import { egressWithoutType } from './policy/egress-without-type';
import { emptyFromVsMissing } from './policy/empty-from-vs-missing';
import { endPortInvalid } from './policy/end-port-invalid';
import { halfOpen } from './policy/half-open';
import { namedPortUndefined } from './policy/named-port-undefined';
import { namedPortWithIpblock } from './policy/named-port-with-ipblock';
import { namespaceNameLabel } from './policy/namespace-name-label';
import { namespaceSelectorByNameField } from './policy/namespace-selector-by-name-field';
import { peerEmpty } from './policy/peer-empty';
import { peerMixedIpblock } from './policy/peer-mixed-ipblock';
import { policyTypeInvalid } from './policy/policy-type-invalid';
import { protocolMissingUdp } from './policy/protocol-missing-udp';
import { servicePortInsteadOfTargetPort } from './policy/service-port-instead-of-target-port';
import { unintendedIngressDeny } from './policy/unintended-ingress-deny';
import { wrongApi } from './policy/wrong-api';
import { backendBoth } from './ingress/backend-both';
import { backendPortBoth } from './ingress/backend-port-both';
import { backendPortMissing } from './ingress/backend-port-missing';
import { backendServiceMissing } from './ingress/backend-service-missing';
import { classConflict } from './ingress/class-conflict';
import { hostInvalid } from './ingress/host-invalid';
import { noRules } from './ingress/no-rules';
import { oldApi } from './ingress/old-api';
import { pathForbiddenSequence } from './ingress/path-forbidden-sequence';
import { pathNotAbsolute } from './ingress/path-not-absolute';
import { pathTypeInvalid } from './ingress/path-type-invalid';
import { pathTypeMissing } from './ingress/path-type-missing';
import { pathsEmpty } from './ingress/paths-empty';
import { tlsHostInvalid } from './ingress/tls-host-invalid';
import { gatewayBackendMissing } from './gateway/backend-missing';
import { gatewayBackendPortMissing } from './gateway/backend-port-missing';
import { listenerConflict } from './gateway/listener-conflict';
import { listenerNameDuplicate } from './gateway/listener-name-duplicate';
import { redirectWithBackends } from './gateway/redirect-with-backends';
import { referenceGrantMissing } from './gateway/reference-grant-missing';
import { sectionMissing } from './gateway/section-missing';
import { hostNetworkClusterFirst } from './dns/host-network-cluster-first';
import { noneWithoutConfig } from './dns/none-without-config';
import { policyInvalid } from './dns/policy-invalid';
import { duplicateAddress } from './node/duplicate-address';
import { configurationInvalid } from './schema/configuration-invalid';
import { duplicateKey } from './schema/duplicate-key';
import { duplicateObject } from './schema/duplicate-object';
import { schemaEnum } from './schema/enum';
import { schemaNameInvalid } from './schema/name-invalid';
import { namespaceOnClusterScoped } from './schema/namespace-on-cluster-scoped';
import { requiredMissing } from './schema/required-missing';
import { suppressionUnused } from './schema/suppression-unused';
import { unknownField } from './schema/unknown-field';
import { wrongType } from './schema/wrong-type';
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
  ippoolOverlap,
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
  protocolUnknown,
  quotedNumber,
  serviceDuplicateName,
  serviceDuplicatePort,
  serviceNameRequired,
  serviceNoPorts,
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
  endpointslicePortMismatch,
  externalNameInvalid,
  externalNameIp,
  externalNameMissing,
  externalTrafficPolicyMisplaced,
  headlessPortRemap,
  headlessWithType,
  serviceNameInvalid,
  sessionAffinityInvalid,
  statefulsetServiceNotHeadless,
  statefulsetServiceSelector,
  typeInvalid,
  anpActionInvalid,
  anpFromMissing,
  anpPortRange,
  anpPriorityRange,
  banpName,
  blocksKnownDependency,
  cnpDomainDeny,
  denyAllNameMismatch,
  dnsSelectorWrong,
  egressBlocksDns,
  egressWithoutType,
  emptyFromVsMissing,
  endPortInvalid,
  halfOpen,
  namedPortUndefined,
  namedPortWithIpblock,
  namespaceNameLabel,
  namespaceSelectorByNameField,
  peerEmpty,
  peerMixedIpblock,
  policyTypeInvalid,
  protocolMissingUdp,
  servicePortInsteadOfTargetPort,
  unintendedIngressDeny,
  wrongApi,
  backendBoth,
  backendPortBoth,
  backendPortMissing,
  backendServiceMissing,
  classConflict,
  hostInvalid,
  noRules,
  oldApi,
  pathForbiddenSequence,
  pathNotAbsolute,
  pathTypeInvalid,
  pathTypeMissing,
  pathsEmpty,
  tlsHostInvalid,
  gatewayBackendMissing,
  gatewayBackendPortMissing,
  listenerConflict,
  listenerNameDuplicate,
  redirectWithBackends,
  referenceGrantMissing,
  sectionMissing,
  hostNetworkClusterFirst,
  noneWithoutConfig,
  policyInvalid,
  duplicateAddress,
  configurationInvalid,
  duplicateKey,
  duplicateObject,
  schemaEnum,
  schemaNameInvalid,
  namespaceOnClusterScoped,
  requiredMissing,
  suppressionUnused,
  unknownField,
  wrongType,
  yamlParse,
];
