export { PrivacyModule } from './privacy.module.js';
export { settingTopic } from './setting/setting.topic.js';
export { requestTopic } from './request/request.topic.js';
export { noticeTopic } from './notice/notice.topic.js';
export { taskTopic } from './task/task.topic.js';
export { signalTopic } from './signals/signal.topic.js';
