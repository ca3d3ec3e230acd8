import { Type } from '@sinclair/typebox';

const DNS_LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const DNS_NAME = `${DNS_LABEL}(\\.${DNS_LABEL})*`;
const WORD = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';

/** A DNS-1123 subdomain: most names of objects, and domains. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/. */
export const DnsName = Type.String({
  pattern: `^${DNS_NAME}$`,
  maxLength: 253,
  errorMessage: 'must be a DNS-1123 subdomain: at most 253 lower case letters, digits, "-" and ".", beginning and ending with a letter or digit',
});

/** The same, or no text. */
export const DnsNameOrNone = Type.String({
  pattern: `^(${DNS_NAME})?$`,
  maxLength: 253,
  errorMessage: `${DnsName['errorMessage']}, or empty`,
});

/** Name of a driver of volumes, which may have capitals: https://kubernetes-csi.github.io/docs/. */
export const DriverName = Type.String({
  pattern: '^[A-Za-z0-9]([-A-Za-z0-9.]{0,61}[A-Za-z0-9])?$',
  errorMessage: 'must be the name of a CSI driver: at most 63 letters, digits, "-" and ".", beginning and ending with a letter or digit',
});

const QUALIFIED = `^(${DNS_NAME}/)?${WORD}$`;

/** Key of a label or a taint: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set. */
export const QualifiedName = Type.String({
  pattern: QUALIFIED,
  maxLength: 317,
  errorMessage: 'must be a qualified name of Kubernetes, such as example.org/name or name',
});

/** Name of a device that nodes offer: https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/. */
export const ExtendedResource = Type.String({
  pattern: `^${DNS_NAME}/${WORD}$`,
  maxLength: 317,
  errorMessage: 'must be the name of an extended resource, such as nvidia.com/gpu',
});

const HOST = `${DNS_LABEL}(\\.${DNS_LABEL})*(:[0-9]{1,5})?`;
const IMAGE_PART = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';

/** The grammar of github.com/distribution/reference for a name without tag and digest, but for capitals in the host and addresses of IPv6. */
export const IMAGE_NAME = `(${HOST}/)?${IMAGE_PART}(/${IMAGE_PART})*`;

/** Where an image is, without tag and digest. The length is in the pattern, which is tried on a text of any length. */
export const ImageName = Type.String({
  pattern: `^(?=.{1,255}$)${IMAGE_NAME}$`,
  errorMessage: 'must be the name of an image without tag and digest, in lower case, such as harbor.example.org/library/app',
});
