"""Whole pages that are no articles: columns, forms, services, data, errors.  Each: address, HTML, types it may have, verdict, title."""

from dataclasses import dataclass
from typing import Final

from cleaning.page import PageType
from tests.cleaning.templates.frames import FOOT, MENU

T = PageType


@dataclass(frozen=True, slots=True)
class Whole:
    """A page and what it is; `title` "" where none is asked for; `says` must stand in the main text."""

    url: str
    html: str
    types: frozenset[PageType]
    verdict: str
    title: str = ""
    says: str = ""


def _page(head: str, body: str) -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{head}</title></head><body><div class='header'><ul>{MENU}</ul></div>{body}<div class='footer'>{FOOT}</div></body></html>"


TITLES: Final = (
    "关于2024年第二批公租房配租结果的公示",
    "湖阳市城市更新条例（草案）征求意见公告",
    "2024年上半年全市环境质量状况",
    "关于调整城区公交线路的通告",
    "湖阳市2023年国民经济和社会发展统计公报",
    "关于开展校外培训机构年检工作的通知",
    "市级储备粮轮换竞价销售公告",
    "关于公布行政事业性收费目录清单的通知",
)
_ITEMS: Final = "".join(f"<li><span class='d'>2024-0{n}-1{n}</span><a href='/a/{n}.html' title='{title}'>{title}</a></li>" for n, title in enumerate(TITLES, 1))  # fmt: skip
_ROWS: Final = "".join(f"<tr><td>{n}</td><td><a href='/v?i={n}'>{title}</a></td><td>2024-0{n}-0{n}</td></tr>" for n, title in enumerate(TITLES, 1))  # fmt: skip
_CARDS: Final = "".join(f"<div class='card'><h4><a href='/n/{n}'>{title}</a></h4><p>为进一步做好有关工作，现将相关情况向社会公布，欢迎广大市民监督，第{n}项内容详见正文……</p><p class='t'>来源：市政府网 发布时间：2024-0{n}-1{n}</p></div>" for n, title in enumerate(TITLES, 1))  # fmt: skip
_MATTERS: Final = "".join(f"<div class='item'><span class='name'>{name}</span><a href='/guide?id={n}'>办事指南</a><a href='/apply?id={n}'>在线办理</a></div>" for n, name in enumerate(("食品经营许可（新办）", "公共场所卫生许可", "营业性演出审批", "临时占用城市道路审批", "建筑工程施工许可证核发", "取水许可", "林木采伐许可证核发"), 1))  # fmt: skip

WHOLE: Final[dict[str, Whole]] = {
    "column": Whole("http://www.huyang.gov.cn/zwgk/tzgg/", _page("通知公告_湖阳市人民政府", f"<div class='wz'>当前位置：<a href='/'>首页</a> > <a href='/zwgk'>政务公开</a> > 通知公告</div><div class='list'><ul>{_ITEMS}</ul></div><div class='page'>共12页 <a href='index_1.html'>下一页</a></div>"), frozenset({T.LIST}), "kept", "通知公告", TITLES[0]),
    "column in a table": Whole("http://www.hyslj.gov.cn/list.asp?c=3", f"<html><head><title>湖阳市水利局</title></head><body><table><tr><td><a href='/'>首页</a></td><td><a href='/b'>局属单位</a></td></tr></table><table width='98%'><tr><td>序号</td><td>标题</td><td>发布日期</td></tr>{_ROWS}</table><table><tr><td>版权所有：湖阳市水利局 豫ICP备0500号</td></tr></table></body></html>", frozenset({T.LIST}), "kept", "", TITLES[2]),
    "column of cards": Whole("http://www.huyang.gov.cn/xw/", _page("政务要闻_湖阳市人民政府", f"<div class='main'>{_CARDS}</div>"), frozenset({T.LIST}), "kept", "政务要闻", TITLES[1]),
    "empty column": Whole("http://www.huyang.gov.cn/zwgk/jytabl/", _page("建议提案办理-湖阳市人民政府", "<div class='crumb'>首页 > 政务公开 > 建议提案办理</div><div class='list'><p>暂无信息</p></div>"), frozenset({T.LIST, T.OTHER}), "kept", "建议提案办理"),
    "home": Whole("http://www.huyang.gov.cn/", _page("湖阳市人民政府门户网站", f"<div class='col'><h2>要闻动态</h2><ul>{_ITEMS}</ul></div><div class='col'><h2>通知公告</h2><ul>{_ITEMS}</ul></div><div class='fw'><a href='/a'>社会保障</a><a href='/b'>户籍办理</a><a href='/c'>不动产登记服务</a></div>"), frozenset({T.HOME}), "kept"),
    "search": Whole("http://www.huyang.gov.cn/search/index.html?q=%E7%A4%BE%E4%BF%9D", _page("社保_站内搜索", f"<form action='/search/' class='s'><input name='q' value='社保'><button>搜索</button></form><div class='res'><p>为您找到相关结果8条</p>{_CARDS}</div>"), frozenset({T.SEARCH}), "kept"),
    "log-in": Whole("https://zwfw.huyang.gov.cn/login", _page("用户登录-湖阳市政务服务网", "<div class='login-box'><h2>个人登录</h2><form action='/doLogin' method='post'><input name='username' placeholder='请输入手机号/身份证号'><input type='password' name='password'><input name='captcha'><button>登录</button></form><a href='/reg'>注册账号</a><a href='/forget'>忘记密码</a></div>"), frozenset({T.LOGIN}), "kept"),
    "mailbox form": Whole("http://www.huyang.gov.cn/hdjl/szxx/write.html", _page("我要写信_市长信箱_湖阳市人民政府", "<div class='xx'><h3>写信须知</h3><p>请如实填写姓名和联系方式，信件内容应当客观真实，不得捏造事实、诬告他人。</p><form action='/mail/submit' method='post'><label>姓名</label><input name='name'><label>电话</label><input name='phone'><label>标题</label><input name='title'><label>内容</label><textarea name='content'></textarea><input name='code'><button>提交</button></form></div>"), frozenset({T.INTERACTION, T.FORM}), "kept"),
    "mailbox list": Whole("http://www.huyang.gov.cn/hdjl/szxx/", _page("市长信箱_湖阳市人民政府", "<table class='xj'><tr><th>信件标题</th><th>来信时间</th><th>办理状态</th></tr>" + "".join(f"<tr><td><a href='/x/{n}'>{title}</a></td><td>2024-05-0{n}</td><td>已办结</td></tr>" for n, title in enumerate(("小区门口占道经营问题", "咨询灵活就业人员社保缴费", "反映工地夜间施工噪音", "建议增设人行横道", "关于农村危房改造的咨询", "公交车班次太少"), 1)) + "</table>"), frozenset({T.INTERACTION, T.LIST}), "kept", "", "反映工地夜间施工噪音"),
    "survey": Whole("http://www.huyang.gov.cn/hdjl/wsdc/12.html", _page("网上调查_湖阳市人民政府", "<div class='dc'><h2>湖阳市政务服务满意度问卷调查</h2><form action='/vote' method='post'><p>1. 您对办事大厅的服务态度是否满意？</p><input type='radio' name='q1' value='1'>满意 <input type='radio' name='q1' value='2'>一般<p>2. 您的意见和建议</p><textarea name='q2'></textarea><input type='submit' value='提交'></form></div>"), frozenset({T.INTERACTION, T.FORM}), "kept"),
    "open data": Whole("http://data.huyang.gov.cn/dataset/118", _page("药品零售企业信息-湖阳市公共数据开放平台", "<div class='ds'><h1>药品零售企业信息</h1><table><tr><td>数据提供方</td><td>市市场监督管理局</td></tr><tr><td>数据领域</td><td>市场监管</td></tr><tr><td>开放类型</td><td>无条件开放</td></tr><tr><td>更新频率</td><td>每季度</td></tr><tr><td>发布日期</td><td>2023-02-01</td></tr><tr><td>数据量</td><td>1204</td></tr><tr><td>下载次数</td><td>88</td></tr></table><div>数据下载：<a href='/d/118.xlsx'>XLSX</a> <a href='/d/118.csv'>CSV</a> <a href='/d/118.json'>JSON</a></div></div>"), frozenset({T.TABLE, T.ARTICLE}), "kept", "药品零售企业信息", "更新频率"),
    "matters": Whole("https://zwfw.huyang.gov.cn/icity/matters?dept=12", _page("部门服务-湖阳市政务服务网", f"<div class='sel'><span>个人服务</span><span>法人服务</span></div><div class='matters'>{_MATTERS}</div>"), frozenset({T.LIST, T.OTHER, T.ARTICLE}), "kept", "", "取水许可"),
    "guide with tabs": Whole("https://zwfw.huyang.gov.cn/guide?id=8", _page("取水许可-办事指南-湖阳市政务服务网", "<h2 class='name'>取水许可</h2><ul class='tab'><li>基本信息</li><li>申请材料</li><li>办理流程</li></ul><div class='tc'><p>实施主体：湖阳市水利局</p><p>事项类型：行政许可</p><p>法定时限：20个工作日</p><p>承诺时限：8个工作日</p><p>受理条件：取水单位或者个人利用取水工程或者设施直接从江河、湖泊或者地下取用水资源的。</p></div><div class='tc' style='display:none'><p>申请材料：取水许可申请书、建设项目水资源论证报告书。</p></div><div class='tc' style='display:none'><p>办理流程：申请—受理—审查—决定—送达。收费标准：不收费。</p></div>"), frozenset({T.GUIDE}), "kept", "取水许可", "建设项目水资源论证报告书"),
    "error in Chinese": Whole("http://www.huyang.gov.cn/zwgk/xx.html", _page("提示信息-湖阳市人民政府", "<div class='err'><p>抱歉，您访问的页面不存在或已被删除！</p><p><a href='/'>返回首页</a></p></div>"), frozenset({T.ERROR}), "irrelevant"),
    "error of the server": Whole("http://xk.huyang.gov.cn/a.do", "<html><head><title>系统提示</title></head><body><h3>对不起，系统出现异常，请稍后再试或联系管理员。</h3></body></html>", frozenset({T.ERROR}), "irrelevant"),
    "being built": Whole("http://www.hyaq.gov.cn/", "<html><head><title>网站建设中</title></head><body><p>网站正在建设中，敬请期待……</p></body></html>", frozenset({T.ERROR}), "irrelevant"),
    "no right": Whole("http://oa.huyang.gov.cn/file/1", "<html><head><title>访问受限</title></head><body><p>您没有权限访问该页面，请登录后重试。</p></body></html>", frozenset({T.ERROR}), "irrelevant"),
    "record not found": Whole("http://xxgk.huyang.gov.cn/v?id=0", _page("湖阳市政府信息公开", "<div class='c'>没有找到该信息！</div>"), frozenset({T.ERROR}), "irrelevant"),
    "about dead links": Whole("http://www.huyang.gov.cn/zwgk/31.html", _page("关于2024年第一季度政府网站检查情况的通报_湖阳市人民政府", "<h1>关于2024年第一季度政府网站检查情况的通报</h1><p>发布时间：2024-04-08 来源：市政府办公室</p><div class='TRS_Editor'><p>各县（区）人民政府：</p><p>本次共抽查政府网站32个，合格31个。主要问题：个别网站存在链接无法访问、页面不存在的情况，其中沙河县网站首页有3个错误链接，点击后提示“404 not found”。请有关单位于4月20日前整改到位，并报送整改报告。各地要举一反三，全面排查，杜绝此类问题再次发生。</p></div>"), frozenset({T.ARTICLE}), "kept", "关于2024年第一季度政府网站检查情况的通报", "杜绝此类问题再次发生"),
    "picture column": Whole("http://www.huyang.gov.cn/zjxx/tp/", _page("图片湖阳_湖阳市人民政府", "<div class='pics'>" + "".join(f"<div><a href='/p/{n}.html'><img src='/i/{n}.jpg' alt='{title}'></a><p><a href='/p/{n}.html'>{title}</a></p></div>" for n, title in enumerate(("滨河公园秋色正浓", "古城墙夜景", "梨园花开引客来", "湖阳大桥雄姿", "非遗社火闹新春", "湿地候鸟翩飞"), 1)) + "</div>"), frozenset({T.LIST}), "kept", "图片湖阳", "古城墙夜景"),
    "leaders": Whole("http://www.huyang.gov.cn/zwgk/ldzc/", _page("领导之窗_湖阳市人民政府", "<div class='ld'><div><h4>张某某</h4><p>市委副书记、市长</p><p>主持市政府全面工作，分管审计工作。</p></div><div><h4>李某某</h4><p>市委常委、常务副市长</p><p>负责市政府常务工作，分管发展改革、财政、应急管理、统计等工作。</p></div><div><h4>王某某</h4><p>副市长、市公安局局长</p><p>负责公安、司法、信访工作。</p></div></div>"), frozenset({T.ARTICLE, T.LIST, T.OTHER}), "kept", "领导之窗", "分管发展改革"),
    "site map": Whole("http://www.huyang.gov.cn/wzdt/", _page("网站地图_湖阳市人民政府", "<div class='map'>" + "".join(f"<dl><dt>{top}</dt>" + "".join(f"<dd><a href='/{top}/{n}'>{one}</a></dd>" for n, one in enumerate(("领导之窗", "机构设置", "政策文件库", "财政预决算公开", "重大项目批准实施"))) + "</dl>" for top in ("政务公开", "办事服务", "互动交流")) + "</div>"), frozenset({T.LIST, T.OTHER}), "kept"),
    "files alone": Whole("http://czj.huyang.gov.cn/xzzx/", _page("下载中心_湖阳市财政局", "<ul>" + "".join(f"<li><a href='/f/{n}.doc'>{name}</a></li>" for n, name in enumerate(("会计从业人员信息变更申请表", "政府采购合同备案表样式", "非税收入缴款书填写范例", "行政事业单位资产处置申报表", "国库集中支付用款申请书"))) + "</ul>"), frozenset({T.LIST}), "kept", "下载中心"),
    "frame alone": Whole("http://www.huyang.gov.cn/bsfw/wsbs.html", _page("网上办事_湖阳市人民政府", "<iframe src='https://zwfw.huyang.gov.cn/' width='100%' height='1200'></iframe>"), frozenset({T.OTHER, T.LIST, T.ARTICLE}), "kept", "网上办事"),
}  # fmt: skip
