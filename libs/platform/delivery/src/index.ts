export * from './delivery.port.js';
export { FileDelivery } from './file-delivery.js';
export { DeliveryUnknown, SmtpDelivery, type SmtpOptions } from './smtp-delivery.js';
