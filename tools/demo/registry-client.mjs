/** The registry as its users reach it: over HTTP, each by a key of its own. */
export const clientOf = (url) => {
  const send = async (method, path, { as, purpose, json, text, type, idempotencyKey }) => {
    const body = json === undefined ? text : JSON.stringify(json);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${as}`,
        ...(purpose === undefined ? {} : { 'x-purpose-of-use': purpose }),
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const answer = await response.text();
    return {
      status: response.status,
      body: answer,
      json: () => JSON.parse(answer),
    };
  };
  const mustBe = (status, answer, what) => {
    if (answer.status !== status) throw new Error(`${what}: ${answer.status} ${answer.body}`);
    return answer;
  };

  const hl7 = async (as, message) => {
    const { body } = mustBe(
      200,
      await send('POST', '/hl7', { as, text: message, type: 'application/hl7-v2' }),
      'HL7',
    );
    return { ack: body, code: /\rMSA\|(A[AER])/.exec(body)?.[1] };
  };
  const search = (as, { family, given, birthDate }) =>
    send('POST', '/persons/search', {
      as,
      purpose: 'treatment',
      json: { name: { family, given, birthDate } },
    });
  /** The help desk's way with a request: submitted, verified, approved by `approver`. */
  const change = async ({
    desk,
    approver = desk,
    body,
    person,
    capacity = 'parent',
    evidence = 'photo-id',
  }) => {
    const submitted = await send('POST', '/privacy/requests', {
      as: desk,
      json: { ...body, capacity, ...person },
    });
    const { requestId } = mustBe(201, submitted, 'Request').json();
    mustBe(
      200,
      await send('POST', `/privacy/requests/${requestId}/verify`, { as: desk, json: { evidence } }),
      'Verification',
    );
    const approved = await send('POST', `/privacy/requests/${requestId}/approve`, { as: approver });
    return { requestId, approved };
  };
  return { send, mustBe, hl7, search, change };
};

/** Asks until the answer satisfies, 20 s at most. */
export const eventually = async (ask, satisfies, what) => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited in vain: ${what}`);
};
