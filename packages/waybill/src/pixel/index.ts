export { API_ORIGIN, IMAGE_URL, LOADER_ORIGIN, LOADER_URL } from './address.ts'
export { type ConversionDescription, type ConversionOptions, type ConversionResult, conversion } from './conversion.ts'
export { PixelError, type PixelFault } from './errors.ts'
export { type ImageOptions, imageTag, imageUrl } from './image-tag.ts'
export {
  type ConsentCall,
  type Conversion,
  consentCall,
  type MeasureCall,
  type MeasureOptions,
  type MeasureSingleCall,
  measureCall,
  measureSingleCall,
} from './measure-call.ts'
export { contentSecurityPolicy, type Policy, policyHeader } from './policy.ts'
export { type CallOptions, pixelCall, pixelSnippet, type SnippetOptions } from './snippet.ts'
export { type PixelUser, pixelUser } from './user.ts'
