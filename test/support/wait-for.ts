export { waitFor } from '../../src/conformance/wait-for.ts';
