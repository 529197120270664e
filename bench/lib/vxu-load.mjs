import autocannon from 'autocannon';
import { headers } from '../../tools/running-registry.mjs';
import { vxu } from './vxu.mjs';

const FRAME = '^~\\&|LakesideEHR|LAKE|MIIC|MIIC|20261101120000-0600';

/** One message as it is, several as a batch. */
const bodyOf = (messages) =>
  messages.length === 1
    ? messages[0]
    : `FHS|${FRAME}\rBHS|${FRAME}\r${messages.join('')}BTS|${messages.length}\rFTS|1\r`;

/** VXUs without end to one registry, two messages a person. @param batch messages of one request */
export const vxuLoad = (registry, connections, { batch = 1 } = {}) => {
  let message = 0;
  const next = () => {
    message += 1;
    return vxu(Math.floor(message / 2), message);
  };
  /** Sends for some seconds; resolves with what autocannon counted. */
  return (seconds) =>
    autocannon({
      url: `${registry.url}/hl7`,
      method: 'POST',
      headers: headers('demo-lakeside-clinic', { 'content-type': 'application/hl7-v2' }),
      connections,
      duration: seconds,
      requests: [
        { setupRequest: (request) => ({ ...request, body: bodyOf(Array.from({ length: batch }, next)) }) },
      ],
      verifyBody: (body) => body.split('MSA|AA|').length === batch + 1,
    });
};
