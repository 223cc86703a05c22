export const notices = {
  enrol: "您的角色须有双因素或通行密钥才能生效。请先设置，几分钟就好。",
  enrolLink: "去设置",
  tooWeak: "您这次只用密码登录，部分权限没有生效。",
  tooWeakLink: "用双因素或通行密钥登录",
  pending: "账户待核验：平台正与登记信息核对，通过后才能查看企业信息。",
  pendingLink: "查看进度",
} as const;
