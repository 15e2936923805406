declare namespace App {
  interface Locals {
    click: import('waybill/oppref').Captured
  }
}
