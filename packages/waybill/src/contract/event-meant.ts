import { bare, otherNames } from './suggest.ts'

/** The event name here → what Meta, GA4, TikTok and Segment call it, in lower case and without separators. */
const OTHER_EVENTS = /* @__PURE__ */ otherNames({
  order_created: 'purchase completepayment placeanorder ordercompleted orderplaced',
  lead_created: 'lead generatelead submitform contact',
  registration_completed: 'completeregistration signup signedup',
  items_added: 'addtocart productadded',
  checkout_started: 'initiatecheckout begincheckout',
  contents_viewed: 'viewcontent viewitem productviewed',
  page_viewed: 'pageview',
  subscription_created: 'subscribe',
  trial_started: 'starttrial',
  appointment_scheduled: 'schedule',
  app_installed: 'installapp firstopen',
  app_opened: 'launchapp activateapp',
})

/** The event name that a name of another vendor stands for. */
export function eventMeant(name: string): string | undefined {
  return OTHER_EVENTS.get(bare(name))
}
