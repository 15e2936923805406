import type { Captured } from 'waybill/oppref'

declare global {
  namespace App {
    interface Locals {
      click: Captured
    }
  }
}
