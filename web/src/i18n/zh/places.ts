export const places = {
  label: "主导航",
  groups: {
    start: "开始",
    firm: "我的企业",
    member: "我的单位",
    operations: "运营",
    oversight: "权限与安全",
    self: "本人",
  },
  names: {
    home: "工作台",
    delegates: "经办人",
    member: "本单位",
    onboarding: "入驻办理",
    firmAccounts: "企业用户核验",
    accounts: "账户",
    systems: "系统与密钥",
    permissions: "权限",
    log: "安全日志",
    me: "我的账户",
  },
} as const;
